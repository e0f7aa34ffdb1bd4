import type { SendRequest } from '../../domain/delivery.ts';
import { parseDuration } from '../../domain/duration.ts';
import type { Instant } from '../../domain/instant.ts';
import type { MessageDefinition } from '../../domain/message.ts';

/** What the ledger needs to know of a message. */
export type MessageTerms = Pick<
  MessageDefinition,
  'name' | 'purpose' | 'class' | 'channels' | 'usefulFor' | 'topic' | 'allowance'
>;

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
