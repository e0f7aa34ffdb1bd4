import type { Duration } from '../journey.ts';
import type { ProductKind } from '../../domain/product-kind.ts';

/**
 * How long after its delivery each kind of product has been tried (journeys reference 2, J10), the longest first. A shop
 * that knows better changes it here, in a new version of the journey.
 */
const timeToTryOf = [
  ['skincare', '21 days'],
  ['electronics', '14 days'],
  ['other', '7 days'],
  ['food', '4 days'],
] as const satisfies readonly (readonly [ProductKind, Duration])[];

/** An order is asked about once, so with what takes longest in it. */
export function timeToTry(kinds: readonly ProductKind[]): Duration {
  return timeToTryOf.find(([kind]) => kinds.includes(kind))?.[1] ?? '7 days';
}
