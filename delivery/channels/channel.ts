import type { ChannelName } from '../../domain/channel-name.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Purpose } from '../../domain/message.ts';
import type { RenderedMessage } from '../../domain/rendered-message.ts';
import type { Notice } from './receipts.ts';

/**
 * A connection to a provider.
 *
 * `send` makes at most one request and never throws: what it answers decides whether the ledger may ever ask again, so
 * an adapter says `rejected` or `throttled` only when it can prove that nothing was accepted. Every adapter passes the
 * contract suite in `tests/channels/contract.ts`.
 */
export interface Channel {
  /** The name under which the ledger knows it, such as `smtp`; unique in an installation. */
  readonly connection: string;
  readonly medium: ChannelName;
  /**
   * For how long after a request the provider answers another one with the same send id as it answered the first, in
   * milliseconds. Absent when it would take it for a new message, as SendGrid and Twilio do.
   */
  readonly idempotencyMs?: number;
  /** @param signal gives up after the ledger's time limit; an answer is due soon after */
  send(outgoing: Outgoing, signal: AbortSignal): Promise<Acceptance>;
  /**
   * What became of an earlier request, for one whose answer was lost.
   * `undefined` when the provider has answered and cannot tell: absence is no proof.
   *
   * @throws when there was no answer: a provider that is away has not said "not found", and is asked again soon
   */
  lookUp?(earlier: EarlierRequest): Promise<Acceptance | undefined>;
  /**
   * What has become of a message that it took, in the words of a receipt: for one whose receipts do not come.
   * `undefined` when the provider cannot tell. A notice has the id that the receipt would have had.
   */
  readStatus?(taken: TakenMessage): Promise<Notice | undefined>;
}

/** A message that a provider has taken responsibility for. */
export interface TakenMessage {
  readonly sendId: string;
  readonly providerId: string;
  /** As a receipt that came now would be dated. */
  readonly now: Instant;
}

/** What the ledger still knows of a request. Each provider searches by another part of it. */
export interface EarlierRequest {
  readonly sendId: string;
  /** Where it went; absent when the customer has given that address up since, and nobody else has it. */
  readonly address?: string;
  /** When the request was made, give or take the wait for a connection. */
  readonly requestedAt: Instant;
  /** Of its words, by `fingerprintOf`; absent when the ledger did not keep it. */
  readonly fingerprint?: string;
  /** Which of these ids of the provider are the answer to another request. */
  readonly isClaimed?: (providerIds: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** A message with everything that a provider has to know about it. */
export interface Outgoing {
  /** The delivery's id; opaque, and the same for each attempt. */
  readonly sendId: string;
  readonly to: { readonly address: string; readonly name?: string };
  readonly from: { readonly name: string; readonly address: string; readonly replyTo?: string };
  readonly content: RenderedMessage;
  readonly at: Instant;
  /** The provider must not deliver it later: the end of its use, or of the hours in which it may be sent. */
  readonly validUntil: Instant;
  readonly purpose: Purpose;
  /** The journey or campaign that it belongs to, by name. */
  readonly origin: string;
  /** Of the origin, such as `cart-reminder#1`. */
  readonly step: string;
  readonly message: string;
  /** Where one click stops it; on marketing only. */
  readonly unsubscribe?: string;
}

export type Acceptance =
  /** The provider has taken responsibility for it. */
  | { readonly kind: 'accepted'; readonly providerId: string }
  /** Proven not accepted; `final` when asking again would get the same answer. */
  | { readonly kind: 'rejected'; readonly code: string; readonly final: boolean }
  /** Proven not accepted, and welcome later. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number; readonly code: string }
  /** It may have been accepted. */
  | { readonly kind: 'ambiguous'; readonly error: string };

export const accepted = (providerId: string): Acceptance => ({ kind: 'accepted', providerId });
export const rejected = (code: string, final: boolean): Acceptance => ({ kind: 'rejected', code, final });
export const throttled = (retryAfterMs: number, code: string): Acceptance => ({
  kind: 'throttled',
  retryAfterMs,
  code,
});
export const ambiguous = (error: string): Acceptance => ({ kind: 'ambiguous', error });
