import { parseDuration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';

/** How far ahead of us an event may claim to happen and still be believed: clocks of shops differ, and days have zones. */
export const farAhead = parseDuration('24 hours');

/**
 * The instant from which a word counts. Dated further ahead than that it counts from when it was told, or it would stand
 * against everything that is told until then.
 */
export function countsFrom(at: Instant, now: Instant): Instant {
  return at > now + farAhead ? now : at;
}
