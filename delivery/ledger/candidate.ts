import type { ChannelName } from '../../domain/channel-name.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { parseDuration, type Duration } from '../../domain/duration.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Allowance, DeliveryClass, Purpose } from '../../domain/message.ts';

/** What the ledger needs to know of a message. */
export interface MessageTerms {
  readonly name: string;
  readonly purpose: Purpose;
  readonly class: DeliveryClass;
  readonly channels: readonly ChannelName[];
  readonly usefulFor: Duration;
  readonly topic?: string;
  readonly allowance?: Allowance;
}

/** A request on its way through the ledger. */
export interface Candidate {
  readonly request: SendRequest;
  readonly terms: MessageTerms;
  /** Of the ledger row: the stored one, or the one it will get. */
  readonly delivery: string;
}

export function usefulUntil({ request, terms }: Candidate): Instant {
  return request.dueAt + parseDuration(terms.usefulFor);
}
