import { Temporal as TC39 } from 'temporal-polyfill';

/**
 * The Korean lunar calendar (dangi), from the calendar data of ICU that Node brings along. It reckons with Korean time,
 * which matters: in 2028 the Chinese new year is a day earlier than 설날.
 *
 * @param year of the common calendar, in which the lunar year begins
 * @returns `YYYY-MM-DD` of a day of that lunar year; never one of a leap month
 */
export function lunarDay(year: number, month: number, day: number): string {
  const found = daysOf(year).get(`${month}/${day}`);
  if (found === undefined) throw new RangeError(`The lunar year ${year} has no ${month}/${day}.`);
  return found;
}

const known = new Map<number, ReadonlyMap<string, string>>();

const dangi = new Intl.DateTimeFormat('en-u-ca-dangi', {
  timeZone: 'UTC',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
});

/** By `month/day`; a leap month is written like `6bis`, so it never meets its namesake. */
function daysOf(year: number): ReadonlyMap<string, string> {
  const found = known.get(year);
  if (found !== undefined) return found;
  const days = new Map<string, string>();
  const first = TC39.PlainDate.from({ year, month: 1, day: 15 });
  // A lunar year of thirteen months has 385 days, and begins on 20 February at the latest.
  for (let after = 0; after < 425; after++) {
    const day = first.add({ days: after });
    const parts = new Map<string, string>(
      dangi
        .formatToParts(day.toZonedDateTime('UTC').epochMilliseconds)
        .map((part) => [part.type, part.value]),
    );
    if (parts.get('relatedYear') === String(year)) {
      days.set(`${parts.get('month')}/${parts.get('day')}`, day.toString());
    }
  }
  known.set(year, days);
  return days;
}
