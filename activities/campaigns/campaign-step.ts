import type { Instant } from '../../domain/instant.ts';
import type { RecipientCursor } from '../../store/campaign-recipients.ts';

/** Which run asks, and about which occurrence. */
export interface AboutOccurrence {
  /** The run's workflow id. */
  readonly run: string;
  readonly occurrence: string;
}

export interface OpenInput {
  readonly run: string;
  readonly campaign: string;
  readonly scheduledAt: Instant;
}

export interface PlanInput extends AboutOccurrence {
  /** Recipients whose instant is not later than this have been taken. */
  readonly takenUpTo?: Instant;
}

/** What a dispatcher has to do next. */
export type CampaignStep =
  /** Write down who is due up to that instant. */
  | { readonly do: 'take'; readonly upTo: Instant }
  /** Send to everybody who is due; `all`: the campaign was cancelled, and whoever is left is told so in the ledger. */
  | { readonly do: 'send'; readonly all: boolean }
  | { readonly do: 'wait'; readonly until: Instant }
  | { readonly do: 'end' };

export interface TakeInput extends AboutOccurrence {
  readonly upTo: Instant;
  readonly takenUpTo?: Instant;
}

export interface ChunkInput extends AboutOccurrence {
  /** One of so many parts of the recipients that do not overlap, counted from 0. */
  readonly lane: number;
  readonly lanes: number;
  readonly all: boolean;
  readonly after?: RecipientCursor;
}

export interface ChunkResult {
  /** Where the next chunk begins; absent when this was the last. */
  readonly next?: RecipientCursor;
  readonly handled: number;
  /** Some could not be dealt with now: come back to them in a moment. */
  readonly troubled: boolean;
}

/** What happens outside the dispatcher. Each may be called again after a worker has died, and then goes on. */
export interface CampaignWork {
  /** Begins the occurrence and tells its id. */
  open(input: OpenInput): Promise<string>;
  plan(input: PlanInput): Promise<CampaignStep>;
  /** @param progress where a call before this one, that died, had come to; it tells its own by `beat` */
  take(input: TakeInput, progress: Progress): Promise<number>;
  sendChunk(input: ChunkInput): Promise<ChunkResult>;
  close(input: AboutOccurrence): Promise<void>;
}

export interface Progress {
  /** The last customer that had been looked at. */
  readonly after?: string;
  beat(after: string): void;
}
