import Holidays from 'date-holidays';
import { Temporal as TC39 } from 'temporal-polyfill';
import type { Market } from '../holiday.ts';
import { lunarDay } from './lunar.ts';

/** A day on which offices and banks of a country are closed. */
export interface DayOff {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly title: string;
  /** In the language of the country. */
  readonly localTitle: string;
}

/**
 * Days off that were made for one year only, which no rule can know. A new government or an election adds to this list.
 */
const oneOffs: readonly (DayOff & { readonly market: Market; readonly source: string })[] = [
  {
    market: 'KR',
    day: '2025-01-27',
    title: 'Seollal (temporary holiday)',
    localTitle: '설날 임시공휴일',
    source: '국무회의 2025-01-14',
  },
  {
    market: 'KR',
    day: '2025-06-03',
    title: 'Presidential election',
    localTitle: '대통령 선거일',
    source: '국무회의 2025-04-08',
  },
  {
    market: 'KR',
    day: '2026-06-03',
    title: 'Local elections',
    localTitle: '전국동시지방선거일',
    source: '공직선거법 제34조: the first Wednesday after 30 days before the end of the terms',
  },
];

/**
 * The days off of a market in a year, in order. They are the library date-holidays' (CC BY 3.0), except for what it has
 * wrong or cannot know: 설 (its rule is one day late in 2026 and 2027) comes from the lunar calendar, and days that were
 * made for one year from the list above.
 *
 * Slow (tens of milliseconds) and large: for the calendar that people read, never for the path of a message.
 */
export function publicHolidays(market: Market, year: number): readonly DayOff[] {
  const titles = englishTitles(market, year);
  const found = new Holidays(market)
    .getHolidays(year)
    .filter(({ type }) => type === 'public')
    .filter(({ name }) => !(market === 'KR' && name.startsWith('설날')))
    .flatMap((holiday) => daysOf(holiday, titles.get(`${holiday.rule} ${holiday.date}`) ?? holiday.name));
  const own = [
    ...(market === 'KR' ? seollalDays(year) : []),
    ...oneOffs.filter((each) => each.market === market && each.day.startsWith(`${year}-`)),
  ];
  const days = [
    ...found.filter(({ day }) => !own.some((each) => each.day === day)),
    ...own.map(({ day, title, localTitle }) => ({ day, title, localTitle })),
  ];
  return days
    .filter(({ day }) => day.startsWith(`${year}-`))
    .sort((one, other) => one.day.localeCompare(other.day));
}

/** One entry of the library may last for days; its ends are instants of the country's own midnight. */
function daysOf(
  holiday: { readonly date: string; readonly name: string; readonly start: Date; readonly end: Date },
  title: string,
): DayOff[] {
  const first = TC39.PlainDate.from(holiday.date.slice(0, 10));
  const length = Math.max(1, Math.round((holiday.end.getTime() - holiday.start.getTime()) / 86_400_000));
  return Array.from({ length }, (_, index) => ({
    day: first.add({ days: index }).toString(),
    title,
    localTitle: holiday.name,
  }));
}

/** The same days under their English titles, by the library's rule and the day. */
function englishTitles(market: Market, year: number): ReadonlyMap<string, string> {
  const days = new Holidays(market, { languages: ['en'] }).getHolidays(year);
  return new Map(days.map(({ rule, date, name }) => [`${rule} ${date}`, name]));
}

/** 설날, the day before and the day after; one of them on a Sunday makes the next working day a day off (제3조). */
function seollalDays(year: number): DayOff[] {
  const seollal = TC39.PlainDate.from(lunarDay(year, 1, 1));
  const days = [-1, 0, 1].map((offset) => seollal.add({ days: offset }));
  const named = days.map((day) => ({ day: day.toString(), title: 'Seollal', localTitle: '설날' }));
  if (!days.some((day) => day.dayOfWeek === 7)) return named;
  const substitute = seollal.add({ days: 2 });
  return [
    ...named,
    { day: substitute.toString(), title: 'Seollal (substitute day)', localTitle: '설날 (대체공휴일)' },
  ];
}
