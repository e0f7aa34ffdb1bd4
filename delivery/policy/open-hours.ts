import { Temporal as TC39 } from 'temporal-polyfill';
import type { Instant } from '../../domain/instant.ts';
import type { DayHours, Hours, WeeklyHours } from './law/law-table.ts';

/** The hours of a week on the clocks of one zone. */
export interface OpenHours {
  readonly zone: string;
  readonly week: WeeklyHours;
}

/** A stretch of time in which everything is open. `to` is not included; without it, it never closes. */
export interface Opening {
  readonly from: Instant;
  readonly to: Instant | undefined;
}

/** Sets of hours that never agree give up after so many days. */
const mostDays = 14;
/** Longer than any stretch of days in which nothing changes: a week that is open on one day only. */
const daysToLookAt = 9;
const dayMs = 86_400_000;

/**
 * The first stretch from `at` on in which all `hours` are open, or `undefined` when they never agree (ten o'clock in
 * Kaliningrad is night in Kamchatka).
 *
 * Wall-clock time decides. What may change the answer are the edges of each local day, both times when a clock shows
 * them twice, and the instants at which clocks are put forward or back; each of these instants is asked.
 */
export function nextOpening(at: Instant, hours: readonly OpenHours[]): Opening | undefined {
  let from = at;
  while (from <= at + mostDays * dayMs) {
    const closed = hours.find((each) => !isOpen(from, each));
    if (closed === undefined) return { from, to: closingOf(from, hours) };
    const opens = nextTurn(from, closed, true);
    if (opens === undefined) return undefined;
    from = opens;
  }
  return undefined;
}

function closingOf(from: Instant, hours: readonly OpenHours[]): Instant | undefined {
  const closings = hours.flatMap((each) => nextTurn(from, each, false) ?? []);
  return closings.length === 0 ? undefined : Math.min(...closings);
}

function nextTurn(after: Instant, hours: OpenHours, wanted: boolean): Instant | undefined {
  for (const turn of turnsAfter(after, hours)) if (isOpen(turn, hours) === wanted) return turn;
  return undefined;
}

/** Day by day, since most answers are found on the first. */
function* turnsAfter(after: Instant, { zone, week }: OpenHours): Generator<Instant> {
  const start = TC39.Instant.fromEpochMilliseconds(after).toZonedDateTimeISO(zone);
  const change = start.getTimeZoneTransition('next')?.epochMilliseconds;
  // The day before as well: its evening may come again when clocks are put back over midnight.
  for (let day = -1; day <= daysToLookAt; day++) {
    const date = start.toPlainDate().add({ days: day });
    const turns = edgesOf(week).flatMap((time) => instantsOf(date.toPlainDateTime(time), zone));
    const next = date.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
    if (change !== undefined && change <= next) turns.push(change);
    yield* turns.filter((turn) => turn > after).sort((one, other) => one - other);
  }
}

function edgesOf({ weekdays, saturday, sunday }: WeeklyHours): readonly string[] {
  const edges = [weekdays, saturday, sunday].flatMap((day) => (day === 'closed' ? [] : [day.from, day.to]));
  return [...new Set(['00:00', ...edges])];
}

/** The instants at which a clock in `zone` shows `local`: two when it shows it twice. */
function instantsOf(local: TC39.PlainDateTime, zone: string): Instant[] {
  const first = local.toZonedDateTime(zone, { disambiguation: 'earlier' }).epochMilliseconds;
  const last = local.toZonedDateTime(zone, { disambiguation: 'later' }).epochMilliseconds;
  return first === last ? [first] : [first, last];
}

function isOpen(at: Instant, { zone, week }: OpenHours): boolean {
  const local = TC39.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const day = dayHours(week, local.dayOfWeek);
  return day !== 'closed' && isWithin(local.toPlainTime(), day);
}

const saturday = 6;
const sunday = 7;

function dayHours(week: WeeklyHours, dayOfWeek: number): DayHours {
  if (dayOfWeek === sunday) return week.sunday;
  return dayOfWeek === saturday ? week.saturday : week.weekdays;
}

function isWithin(time: TC39.PlainTime, hours: Hours): boolean {
  const from = TC39.PlainTime.from(hours.from);
  const to = TC39.PlainTime.from(hours.to);
  const afterFrom = TC39.PlainTime.compare(time, from) >= 0;
  const beforeTo = TC39.PlainTime.compare(time, to) < 0;
  const span = TC39.PlainTime.compare(from, to);
  if (span === 0) return true;
  return span < 0 ? afterFrom && beforeTo : afterFrom || beforeTo;
}

/** When the local day `YYYY-MM-DD` has begun in every one of `zones`. */
export function startOfDayIn(day: string, zones: readonly string[]): Instant {
  const date = TC39.PlainDate.from(day);
  return Math.max(...zones.map((zone) => date.toZonedDateTime(zone).epochMilliseconds));
}
