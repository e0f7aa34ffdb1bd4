import { Temporal as TC39 } from 'temporal-polyfill';
import type { Instant } from '../instant.ts';

/**
 * The first instant at which a clock in `zone` shows the local time, or, where a spring night leaves it out, the instant at
 * which the clocks jump over it. An hour that an autumn night shows twice means the first time.
 *
 * @param day `YYYY-MM-DD`
 * @param time `HH:MM`
 */
export function localInstant(day: string, time: string, zone: string): Instant {
  const local = TC39.PlainDate.from(day).toPlainDateTime(TC39.PlainTime.from(time));
  const before = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const jumpedOver = !before.toPlainDateTime().equals(local);
  const first = jumpedOver ? (before.getTimeZoneTransition('next') ?? before) : before;
  return first.epochMilliseconds;
}
