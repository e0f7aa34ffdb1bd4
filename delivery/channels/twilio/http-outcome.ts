/** How one HTTP request ended, seen from what may have happened at the other side. */
export type HttpOutcome =
  /** No byte of it left: there was no connection, or no encryption on it. */
  | { readonly kind: 'not-sent'; readonly code: string }
  /** Some of it left and no whole answer came back. */
  | { readonly kind: 'no-answer'; readonly code: string }
  | HttpAnswer;

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** From `Retry-After` in seconds or as a date. */
  readonly retryAfterMs?: number;
  /** Whole, as UTF-8. */
  readonly text: string;
}
