import type { Instant } from '../../domain/instant.ts';
import type { DatedConnection } from '../../domain/retention.ts';

/**
 * What providers tell us later, over a webhook: arrived, bounced, complained, clicked, answered.
 *
 * A reader is pure: it checks the signature over the raw bytes and translates the vendor's words into notices. It stores
 * nothing, reads no clock and never throws, whatever a stranger posts.
 */
export interface Receipts {
  /** The channel's connection in the ledger, and the last part of the webhook's address: `/hooks/sendgrid`. */
  readonly connection: string;
  /**
   * How old a signature may be, in milliseconds; an older one is refused. Unset where signatures have no date, so that a
   * webhook stays genuine for ever, and what keeps it from having its effect again must stay as well.
   */
  readonly believedForMs?: number;
  /** Whether a signature is there at all, right or wrong: what has none is refused before its body is taken in. */
  hasSignature(headers: WebhookRequest['headers']): boolean;
  read(request: WebhookRequest): ReceiptReading;
}

export function datedConnectionsOf(receipts: readonly Receipts[]): readonly DatedConnection[] {
  return receipts.flatMap(({ connection, believedForMs }) =>
    believedForMs === undefined ? [] : [{ connection, believedForMs }],
  );
}

/** A webhook as it came in, before anything was made of it. */
export interface WebhookRequest {
  /** The body to the byte: a parser that ran first would have changed what was signed. */
  readonly rawBody: Buffer;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Rebuilt from `PUBLIC_URL`, path and query; never from `Host`, which a stranger may choose. */
  readonly url: string;
  readonly now: Instant;
}

export type ReceiptReading =
  | { readonly kind: 'refused'; readonly why: Refusal }
  | { readonly kind: 'genuine'; readonly notices: readonly Notice[] };

/**
 * `stale` is signed rightly and too old (or dated ahead), `malformed` is signed rightly and cannot be read, or is larger
 * than the provider ever sends.
 */
export type Refusal = 'unsigned' | 'forged' | 'stale' | 'malformed';

/** One thing that a provider tells. It may come twice, late, and before what it follows from. */
export type Notice = NoticeHead & News;

interface NoticeHead {
  /** The provider's own key for it: the same notice again has the same id. */
  readonly id: string;
  /** When it happened, by the provider's clock. */
  readonly at: Instant;
  /** Our id of the delivery, when the provider gave it back. */
  readonly sendId?: string;
  /** The provider's id of the message, as the channel reported it when it was accepted. */
  readonly providerId?: string;
  /** What came, for people who look into a case: JSON without addresses, names and networks. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/** What it tells, in our words. */
export type News =
  | { readonly kind: 'accepted' | 'sent' | 'delivered' | 'read' | 'complained' | 'unsubscribed' | 'opened' }
  | { readonly kind: 'deferred'; readonly code?: string }
  /** `hard`: the address is no good. Otherwise this message was turned away and the next one may not be. */
  | { readonly kind: 'bounced'; readonly hard: boolean; readonly code?: string }
  | { readonly kind: 'failed'; readonly code: string; readonly class: FailureClass }
  /** Noted by ourselves when the provider turned the request down: no receipt comes for what it never took. */
  | { readonly kind: 'refused'; readonly code: string; readonly class: FailureClass }
  | { readonly kind: 'clicked'; readonly url?: string }
  | {
      readonly kind: 'inbound';
      readonly channel: 'sms' | 'whatsapp';
      /** The address that it came from. */
      readonly from: string;
      readonly text: string;
      /** As the provider understood it. */
      readonly keyword?: 'stop' | 'start' | 'help';
    }
  /** Nothing that changes a delivery, or an event that the vendor has invented since. Kept, never refused. */
  | { readonly kind: 'other'; readonly name: string };

/**
 * What a vendor's failure code means for us; each vendor has one table of its codes (providers reference 1.2, 2.2).
 * `unknown`: a code that the table does not have, final and counted.
 */
export type FailureClass =
  | 'throttled'
  | 'connection'
  | 'opted-out'
  | 'bad-address'
  | 'not-delivered'
  | 'blocked'
  | 'content'
  | 'window-closed'
  | 'marketing-limit'
  | 'expired'
  | 'unknown';
