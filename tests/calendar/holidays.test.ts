import { describe, expect, it } from 'vitest';
import { calendarYear } from '../../domain/calendar/calendar-year.ts';
import { dayOfHoliday } from '../../domain/calendar/holidays.ts';
import { lunarDay } from '../../domain/calendar/lunar.ts';
import { publicHolidays } from '../../domain/calendar/public-holidays.ts';
import type { HolidayName, Market } from '../../domain/holiday.ts';

/** Written by hand from almanacs: Korea Astronomy and Space Science Institute, US Office of Personnel Management, Anbima. */
const almanac: readonly (readonly [HolidayName, Market, ...(readonly string[])])[] = [
  ['seollal', 'KR', '2024-02-10', '2025-01-29', '2026-02-17', '2027-02-07', '2028-01-27', '2029-02-13'],
  ['chuseok', 'KR', '2024-09-17', '2025-10-06', '2026-09-25', '2027-09-15', '2028-10-03', '2029-09-22'],
  ['thanksgiving', 'US', '2024-11-28', '2025-11-27', '2026-11-26', '2027-11-25', '2028-11-23', '2029-11-22'],
  ['black-friday', 'US', '2024-11-29', '2025-11-28', '2026-11-27', '2027-11-26', '2028-11-24', '2029-11-23'],
  ['cyber-monday', 'GB', '2024-12-02', '2025-12-01', '2026-11-30', '2027-11-29', '2028-11-27', '2029-11-26'],
  ['easter', 'BR', '2024-03-31', '2025-04-20', '2026-04-05', '2027-03-28', '2028-04-16', '2029-04-01'],
  ['carnaval', 'BR', '2024-02-13', '2025-03-04', '2026-02-17', '2027-02-09', '2028-02-29', '2029-02-13'],
  ['mothers-day', 'BR', '2024-05-12', '2025-05-11', '2026-05-10', '2027-05-09', '2028-05-14', '2029-05-13'],
  ['mothers-day', 'GB', '2024-03-10', '2025-03-30', '2026-03-15', '2027-03-07', '2028-03-26', '2029-03-11'],
  ['fathers-day', 'BR', '2024-08-11', '2025-08-10', '2026-08-09', '2027-08-08', '2028-08-13', '2029-08-12'],
  ['fathers-day', 'US', '2024-06-16', '2025-06-15', '2026-06-21', '2027-06-20', '2028-06-18', '2029-06-17'],
  ['singles-day', 'KR', '2024-11-11', '2025-11-11', '2026-11-11', '2027-11-11', '2028-11-11', '2029-11-11'],
];

describe('holidays that campaigns are named after', () => {
  for (const [holiday, market, ...days] of almanac) {
    it(`${holiday} in ${market} falls on the days of the almanac`, () => {
      const found = days.map((day) => dayOfHoliday(holiday, Number(day.slice(0, 4)), market));
      expect(found).toEqual(days);
    });
  }

  it('does not give a day to a market that does not keep it', () => {
    expect(dayOfHoliday('seollal', 2027, 'US')).toBeUndefined();
    expect(dayOfHoliday('valentines-day', 2027, 'BR')).toBeUndefined();
  });

  it('is the Korean lunar year, not the Chinese one, which begins a day earlier in 2028', () => {
    expect(lunarDay(2028, 1, 1)).toBe('2028-01-27');
  });

  it('does not take a day of a leap month for its namesake: 2025 had a sixth month twice', () => {
    expect(lunarDay(2025, 6, 4)).toBe('2025-06-28');
    expect(lunarDay(2025, 7, 1)).toBe('2025-08-23');
  });
});

const daysOff = (market: Market, year: number) => publicHolidays(market, year).map(({ day }) => day);

describe('days off', () => {
  it('has 설 right in the years in which the library is a day late, with the substitute day', () => {
    expect(daysOff('KR', 2026).filter((day) => day < '2026-02-28')).toEqual([
      '2026-01-01',
      '2026-02-16',
      '2026-02-17',
      '2026-02-18',
    ]);
    expect(daysOff('KR', 2027).filter((day) => day < '2027-02-28')).toEqual([
      '2027-01-01',
      '2027-02-06',
      '2027-02-07',
      '2027-02-08',
      '2027-02-09',
    ]);
  });

  it('does not add a substitute day when 설 touches only a Saturday', () => {
    const saturdays = daysOff('KR', 2026).filter((day) => day === '2026-02-19');
    expect(saturdays).toEqual([]);
  });

  it('has the three days of 추석 and its substitute of 2025', () => {
    const autumn = daysOff('KR', 2025).filter((day) => day >= '2025-10-01' && day < '2025-10-11');
    expect(autumn).toEqual([
      '2025-10-03',
      '2025-10-05',
      '2025-10-06',
      '2025-10-07',
      '2025-10-08',
      '2025-10-09',
    ]);
  });

  it('knows a day that was made for one year, and does not repeat it', () => {
    expect(daysOff('KR', 2026)).toContain('2026-06-03');
    expect(daysOff('KR', 2027)).not.toContain('2027-06-03');
  });

  it('has the younger holidays of the United States and Brazil', () => {
    expect(daysOff('US', 2026)).toEqual(expect.arrayContaining(['2026-06-19', '2026-07-04', '2026-11-26']));
    expect(daysOff('BR', 2026)).toEqual(expect.arrayContaining(['2026-11-20', '2026-04-03']));
    expect(daysOff('BR', 2023)).not.toContain('2023-11-20');
  });

  it('tells a holiday to sell for from a day off', () => {
    const year = calendarYear('US', 2026);
    expect(year.find(({ day }) => day === '2026-11-27')).toMatchObject({
      holiday: 'black-friday',
      dayOff: false,
    });
    expect(year.find(({ day }) => day === '2026-09-07')).toMatchObject({ dayOff: true });
    expect(year.find(({ day }) => day === '2026-09-07')?.holiday).toBeUndefined();
  });
});
