import { Temporal as TC39 } from 'temporal-polyfill';
import type { HolidayName, Market } from '../holiday.ts';
import { lunarDay } from './lunar.ts';

/** How a day is found in a year. Months count from 1, weekdays from Monday = 1 to Sunday = 7. */
type Rule =
  | { readonly on: readonly [month: number, day: number] }
  | { readonly nth: number; readonly weekday: number; readonly month: number; readonly plusDays?: number }
  | { readonly lunar: readonly [month: number, day: number] }
  | { readonly easterPlusDays: number };

interface HolidayEntry {
  readonly title: string;
  /** By market, since some countries keep it on different days. The first is the default. */
  readonly kept: { readonly [M in Market]?: Rule };
  /** Who says that it falls on that day. */
  readonly source: string;
}

const everywhere = (rule: Rule, first: Market = 'US') => ({
  [first]: rule,
  KR: rule,
  US: rule,
  BR: rule,
  GB: rule,
});

const blackFriday: Rule = { month: 11, nth: 4, weekday: 4, plusDays: 1 };
const cyberMonday: Rule = { month: 11, nth: 4, weekday: 4, plusDays: 4 };

/**
 * The days that campaigns are named after: what shops sell for, which is not the list of days off. Lunar days are 설 and
 * 추석; the retail days are custom, so their rule is written here with who coined it.
 */
export const holidays: Readonly<Record<HolidayName, HolidayEntry>> = {
  'new-year': { title: "New Year's Day", kept: everywhere({ on: [1, 1] }), source: 'common calendar' },
  seollal: {
    title: 'Seollal',
    kept: { KR: { lunar: [1, 1] } },
    source: '관공서의 공휴일에 관한 규정 제2조: 음력 1월 1일',
  },
  'valentines-day': {
    title: "Valentine's Day",
    kept: { US: { on: [2, 14] }, KR: { on: [2, 14] }, GB: { on: [2, 14] } },
    source: 'custom; Brazil keeps its own on 12 June',
  },
  'white-day': { title: 'White Day', kept: { KR: { on: [3, 14] } }, source: 'custom in Korea and Japan' },
  carnaval: {
    title: 'Carnaval',
    kept: { BR: { easterPlusDays: -47 } },
    source: 'custom; the Tuesday before Ash Wednesday',
  },
  easter: {
    title: 'Easter Sunday',
    kept: { US: { easterPlusDays: 0 }, BR: { easterPlusDays: 0 }, GB: { easterPlusDays: 0 } },
    source: 'the Gregorian computus',
  },
  'childrens-day': {
    title: "Children's Day",
    kept: { KR: { on: [5, 5] } },
    source: '관공서의 공휴일에 관한 규정 제2조: 5월 5일',
  },
  'parents-day': {
    title: "Parents' Day",
    kept: { KR: { on: [5, 8] } },
    source: '각종 기념일 등에 관한 규정: 5월 8일',
  },
  'mothers-day': {
    title: "Mother's Day",
    kept: {
      US: { month: 5, nth: 2, weekday: 7 },
      BR: { month: 5, nth: 2, weekday: 7 },
      GB: { easterPlusDays: -21 },
    },
    source: '36 U.S.C. 117; Brazil: Decreto 21.366/1932; Britain: Mothering Sunday, the fourth in Lent',
  },
  'dia-dos-namorados': {
    title: 'Dia dos Namorados',
    kept: { BR: { on: [6, 12] } },
    source: 'custom in Brazil, the eve of Saint Anthony',
  },
  'fathers-day': {
    title: "Father's Day",
    kept: {
      US: { month: 6, nth: 3, weekday: 7 },
      GB: { month: 6, nth: 3, weekday: 7 },
      BR: { month: 8, nth: 2, weekday: 7 },
    },
    source: '36 U.S.C. 109; custom in Britain and Brazil',
  },
  'independence-day': {
    title: 'Independence Day',
    kept: { US: { on: [7, 4] }, BR: { on: [9, 7] } },
    source: '5 U.S.C. 6103(a); Brazil: Lei 662/1949',
  },
  chuseok: {
    title: 'Chuseok',
    kept: { KR: { lunar: [8, 15] } },
    source: '관공서의 공휴일에 관한 규정 제2조: 음력 8월 15일',
  },
  'dia-das-criancas': {
    title: 'Dia das Crianças',
    kept: { BR: { on: [10, 12] } },
    source: 'Decreto 4.867/1924',
  },
  halloween: {
    title: 'Halloween',
    kept: { US: { on: [10, 31] }, GB: { on: [10, 31] } },
    source: 'custom',
  },
  'singles-day': {
    title: "Singles' Day",
    kept: everywhere({ on: [11, 11] }, 'KR'),
    source: "Alibaba's sale of 11.11, kept by marketplaces in many countries; Pepero Day in Korea",
  },
  thanksgiving: {
    title: 'Thanksgiving',
    kept: { US: { month: 11, nth: 4, weekday: 4 } },
    source: '5 U.S.C. 6103(a): the fourth Thursday in November',
  },
  'black-friday': {
    title: 'Black Friday',
    kept: everywhere(blackFriday),
    source: 'retail custom: the day after Thanksgiving in the United States, kept elsewhere on the same day',
  },
  'cyber-monday': {
    title: 'Cyber Monday',
    kept: everywhere(cyberMonday),
    source: 'coined by the National Retail Federation in 2005: the Monday after Thanksgiving',
  },
  christmas: { title: 'Christmas Day', kept: everywhere({ on: [12, 25] }), source: 'common calendar' },
  'new-years-eve': { title: "New Year's Eve", kept: everywhere({ on: [12, 31] }), source: 'common calendar' },
};

/**
 * The local day of a holiday, `YYYY-MM-DD`, or undefined when the market does not keep it.
 *
 * @param market default: the first that keeps it
 */
export function dayOfHoliday(name: HolidayName, year: number, market?: Market): string | undefined {
  const { kept } = holidays[name];
  const rule = market === undefined ? Object.values(kept)[0] : kept[market];
  return rule === undefined ? undefined : dayOfRule(rule, year);
}

function dayOfRule(rule: Rule, year: number): string {
  if ('on' in rule) return dateOf(year, ...rule.on).toString();
  if ('lunar' in rule) return lunarDay(year, ...rule.lunar);
  if ('easterPlusDays' in rule) return easterSunday(year).add({ days: rule.easterPlusDays }).toString();
  const first = dateOf(year, rule.month, 1);
  const toFirst = (rule.weekday - first.dayOfWeek + 7) % 7;
  return first.add({ days: toFirst + 7 * (rule.nth - 1) + (rule.plusDays ?? 0) }).toString();
}

function dateOf(year: number, month: number, day: number): TC39.PlainDate {
  return TC39.PlainDate.from({ year, month, day });
}

/** The anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): TC39.PlainDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - Math.floor(b / 4) - g + 15) % 30;
  const l = (32 + 2 * e + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 19 * l) / 433);
  const month = Math.floor((h + l - 7 * m + 90) / 25);
  const day = (h + l - 7 * m + 33 * month + 19) % 32;
  return dateOf(year, month, day);
}
