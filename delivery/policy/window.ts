import { parseDuration, type Duration } from '../../domain/duration.ts';
import type { Instant } from '../../domain/instant.ts';

export interface Limit {
  readonly limit: number;
  readonly per: Duration;
}

/** How many of `sends` lie in the window that ends at `at`. A send leaves the window exactly `per` after it was made. */
export function countWithin(sends: readonly Instant[], { per }: Limit, at: Instant): number {
  const length = parseDuration(per);
  return sends.filter((send) => send > at - length).length;
}

/** The first instant from `at` on at which the window has room for one more. */
export function freeFrom(sends: readonly Instant[], limit: Limit, at: Instant): Instant {
  if (countWithin(sends, limit, at) < limit.limit) return at;
  const newestFirst = [...sends].sort((one, other) => other - one);
  const blocking = newestFirst[limit.limit - 1];
  return blocking === undefined ? Number.MAX_SAFE_INTEGER : blocking + parseDuration(limit.per);
}
