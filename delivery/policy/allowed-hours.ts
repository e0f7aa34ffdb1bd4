import { Temporal as TC39 } from 'temporal-polyfill';
import type { Instant } from '../../domain/instant.ts';

/** Local hours of the day, `HH:MM`. `to` is not included; `from` later than `to` spans midnight; equal means any hour. */
export interface AllowedHours {
  readonly from: string;
  readonly to: string;
}

/** More tries than any real set of zones needs; a set that never agrees gives up instead of searching for ever. */
const mostTries = 60;

/**
 * The first instant from `at` on at which the clock shows allowed hours in every one of `zones`, or `undefined` when they
 * never agree (ten o'clock in Kaliningrad is night in Kamchatka).
 *
 * Wall-clock time decides, so daylight saving is right by construction: an opening time that a spring night leaves out
 * means the instant at which the clocks jump over it.
 */
export function nextAllowed(at: Instant, hours: AllowedHours, zones: readonly string[]): Instant | undefined {
  let candidate = at;
  for (let tries = 0; tries < mostTries; tries++) {
    const latest = Math.max(...zones.map((zone) => nextAllowedIn(zone, candidate, hours)));
    if (latest === candidate) return candidate;
    candidate = latest;
  }
  return undefined;
}

function nextAllowedIn(zone: string, at: Instant, hours: AllowedHours): Instant {
  const local = TC39.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const from = TC39.PlainTime.from(hours.from);
  const to = TC39.PlainTime.from(hours.to);
  if (isWithin(local.toPlainTime(), from, to)) return at;
  const opensToday = TC39.PlainTime.compare(local.toPlainTime(), from) < 0;
  const day = opensToday ? local.toPlainDate() : local.toPlainDate().add({ days: 1 });
  return instantOf(day.toPlainDateTime(from), zone);
}

function isWithin(time: TC39.PlainTime, from: TC39.PlainTime, to: TC39.PlainTime): boolean {
  const afterFrom = TC39.PlainTime.compare(time, from) >= 0;
  const beforeTo = TC39.PlainTime.compare(time, to) < 0;
  const span = TC39.PlainTime.compare(from, to);
  if (span === 0) return true;
  return span < 0 ? afterFrom && beforeTo : afterFrom || beforeTo;
}

/** The first instant at which a clock in `zone` shows `local` or, where the clocks jump over it, anything later. */
export function instantOf(local: TC39.PlainDateTime, zone: string): Instant {
  const before = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  const jumpedOver = !before.toPlainDateTime().equals(local);
  const first = jumpedOver ? (before.getTimeZoneTransition('next') ?? before) : before;
  return first.epochMilliseconds;
}

/** When the local day `YYYY-MM-DD` has begun in every one of `zones`. */
export function startOfDayIn(day: string, zones: readonly string[]): Instant {
  const midnight = TC39.PlainDate.from(day).toPlainDateTime();
  return Math.max(...zones.map((zone) => instantOf(midnight, zone)));
}
