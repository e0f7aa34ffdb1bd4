import type { AttemptRow } from './load-ledger-rows.ts';

/** A request was made whose answer nobody knows: the customer may have the message. */
export function mayHaveArrived(attempts: readonly Pick<AttemptRow, 'state'>[]): boolean {
  return attempts.some((attempt) => attempt.state === 'ambiguous');
}

/**
 * A message that may have arrived is never called skipped or failed, whatever is decided about it by now: it is unknown,
 * is listed, and later evidence still settles it. Every ruling passes through here on its way into the ledger;
 * `store/end-waits.ts` holds the same rule for messages whose journey or campaign is over.
 */
export function unlessItMayHaveArrived<Ruling extends { readonly state: string }>(
  ruling: Ruling,
  attempts: readonly Pick<AttemptRow, 'state'>[],
): Ruling | { readonly state: 'unknown' } {
  const isRefusal = ruling.state === 'skipped' || ruling.state === 'failed';
  return isRefusal && mayHaveArrived(attempts) ? { state: 'unknown' } : ruling;
}
