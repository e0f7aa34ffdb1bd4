import { isPerennialError } from '../../domain/perennial-error.ts';

/** What PostgreSQL says of a value that it cannot hold: a number or an instant out of range, a text that is none (class 22). */
const unholdable: readonly string[] = ['22003', '22007', '22008', '22021', '22P05'];

/**
 * Whether a notice failed by what stands in it, so that every further attempt would fail in the same way: what was made of
 * it is no event, or its instant is none. Against that, a database or a customer's row that was busy is free again later.
 */
export function isUnusable(failure: unknown): boolean {
  if (isPerennialError(failure)) return ['event-invalid', 'event-unknown-type'].includes(failure.code);
  // `Date` and `toISOString` of an instant that is none.
  if (failure instanceof RangeError) return true;
  return failure instanceof Error && 'code' in failure && unholdable.includes(String(failure.code));
}
