import type { SendOutcome } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { LedgerRow } from './load-ledger-rows.ts';

/**
 * The answer of a row whose wait for its provider is not over: the time that the provider asked for, or that class `must`
 * gives to evidence of its first request. Whoever asks early, such as an activity whose worker died after the answer was
 * recorded, hears it again; every other wait is judged anew whenever somebody asks.
 */
export function waitForProvider(
  row: Pick<LedgerRow, 'state' | 'reason' | 'deferredUntil'>,
  now: Instant,
): SendOutcome | undefined {
  const { state, reason, deferredUntil: until } = row;
  if (state !== 'deferred' || reason !== 'provider-busy' || until === null || until <= now) return undefined;
  return { status: 'deferred', until, reason };
}
