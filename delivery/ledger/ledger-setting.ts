import type { ChannelName } from '../../domain/channel-name.ts';
import type { Clock } from '../../domain/instant.ts';
import type { ShopConfig } from '../../domain/shop-config.ts';
import type { Channel } from '../channels/channel.ts';
import type { WrittenTemplate } from '../policy/send-facts.ts';
import type { Permits } from './permits.ts';

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
  /** How long a list goes on under a rate limit, in milliseconds. */
  readonly listTurnMs: number;
  /** Aborted when the process ends: lists let go of what has not left yet. */
  readonly stopping: AbortSignal;
  /** The connection that is used for a medium: the first that the shop named. */
  readonly channelOf: (medium: ChannelName) => Channel | undefined;
  readonly includesBusiness: (journey: string, version: number) => boolean;
  /** The WhatsApp templates of a message that somebody of this locale could read, best first. */
  readonly whatsAppTemplatesOf: (message: string, locale: string | null) => readonly WrittenTemplate[];
  /** The longest time that a gate looks back, in milliseconds. */
  readonly longestWindowMs: number;
}
