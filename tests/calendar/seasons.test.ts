import { describe, expect, it } from 'vitest';
import { seasonOf } from '../../domain/calendar/seasons.ts';
import { dayAfter, seasonDays } from '../../domain/seasons.ts';

describe('the season of an order', () => {
  it.each([
    ['2026-11-14', undefined],
    ['2026-11-15', 'christmas-2026-12-25'],
    ['2026-12-31', 'christmas-2026-12-25'],
    ['2027-01-01', undefined],
  ])('outside Korea on %s is %s', (day, season) => {
    expect(seasonOf(day, 'GB')).toBe(season);
    expect(seasonOf(day, 'BR')).toBe(season);
    expect(seasonOf(day, undefined)).toBe(season);
  });

  // 설 and 추석 by the Korea Astronomy and Space Science Institute.
  it.each([
    ['2026-01-19', undefined],
    ['2026-01-20', 'seollal-2026-02-17'],
    ['2026-02-17', 'seollal-2026-02-17'],
    ['2026-02-18', undefined],
    ['2026-09-01', 'chuseok-2026-09-25'],
    ['2026-12-25', undefined],
    ['2027-02-01', 'seollal-2027-02-07'],
    ['2028-01-26', 'seollal-2028-01-27'],
    // The season of an early 설 begins in the year before.
    ['2024-12-31', undefined],
    ['2025-01-02', 'seollal-2025-01-29'],
  ])('in Korea on %s is %s', (day, season) => {
    expect(seasonOf(day, 'KR')).toBe(season);
  });

  it('is found the same again', () => {
    expect(seasonOf('2026-12-24', 'US')).toBe(seasonOf('2026-12-24', 'US'));
  });
});

describe('the days of a season', () => {
  it('put the recap into the first week of January and the offer into the middle of February', () => {
    for (const year of [2024, 2025, 2026, 2027, 2028]) {
      const days = seasonDays(`christmas-${year}-12-25`);
      expect(days?.recap).toBe(`${year + 1}-01-05`);
      expect(days?.offer).toBe(`${year + 1}-02-15`);
    }
  });

  it('count from the holiday itself in Korea', () => {
    expect(seasonDays('chuseok-2026-09-25')).toMatchObject({ recap: '2026-09-30', offer: '2026-11-09' });
  });

  it.each([
    '',
    'christmas',
    'christmas-2026-13-01',
    'christmas-2026-02-30',
    'easter-2026-04-05',
    'christmas-2026-12-25 ',
  ])('are none for "%s"', (season) => expect(seasonDays(season)).toBeUndefined());

  it('cross months and leap days', () => {
    expect(dayAfter('2028-02-28', 1)).toBe('2028-02-29');
    expect(dayAfter('2027-01-01', -1)).toBe('2026-12-31');
  });
});
