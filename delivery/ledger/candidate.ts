import type { ChannelName } from '../../domain/channel-name.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { parseDuration, type Duration } from '../../domain/duration.ts';
import type { Clock, Instant } from '../../domain/instant.ts';
import type { Allowance, DeliveryClass, Purpose } from '../../domain/message.ts';
import type { ShopConfig } from '../../domain/shop-config.ts';
import type { WrittenTemplate } from '../policy/send-facts.ts';
import type { Channel } from '../channels/channel.ts';
import type { Permits } from './permits.ts';

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

/** What is the same for every request of an installation. */
export interface LedgerSetting {
  readonly shop: ShopConfig;
  readonly clock: Clock;
  /** Real time, for leases only. */
  readonly wall: Clock;
  /** How long a request may take, in milliseconds; after that the answer counts as lost. */
  readonly sendTimeoutMs: number;
  /** How long after its point of no return an attempt belongs to the process that made it, in milliseconds. */
  readonly leaseMs: number;
  /** Exact rate limits; real time, like leases. */
  readonly permits: Permits;
  /** The connection that is used for a medium: the first that the shop named. */
  readonly channelOf: (medium: ChannelName) => Channel | undefined;
  readonly includesBusiness: (journey: string, version: number) => boolean;
  /** The WhatsApp templates of a message that somebody of this locale could read, best first. */
  readonly whatsAppTemplatesOf: (message: string, locale: string | null) => readonly WrittenTemplate[];
  /** The longest time that a gate looks back, in milliseconds. */
  readonly longestWindowMs: number;
}
