import { seasonDays, seasonIdOf, type SeasonName } from '../seasons.ts';
import { dayOfHoliday } from './holidays.ts';

/** Korea gives at 설 and 추석; elsewhere it is Christmas. */
function seasonsOf(country: string | undefined): readonly SeasonName[] {
  return country === 'KR' ? ['seollal', 'chuseok'] : ['christmas'];
}

const known = new Map<string, string | undefined>();

/**
 * The season to which an order of that day belongs, or `undefined` when it is nobody's season.
 *
 * @param day `YYYY-MM-DD` where the customer lives
 * @param country ISO 3166-1 alpha-2, of the market in which it was bought; undefined when nobody knows
 */
export function seasonOf(day: string, country: string | undefined): string | undefined {
  const key = `${country ?? ''} ${day}`;
  if (known.has(key)) return known.get(key);
  // Days come and go: a shop that imports ten years does not keep them for ever.
  if (known.size >= 2000) known.clear();
  const season = findSeason(day, country);
  known.set(key, season);
  return season;
}

function findSeason(day: string, country: string | undefined): string | undefined {
  const year = Number(day.slice(0, 4));
  // The season of an early 설 begins in the last days of December.
  const years = day.slice(5, 7) === '12' ? [year, year + 1] : [year];
  return years
    .flatMap((each) =>
      seasonsOf(country).flatMap((name) => {
        const holiday = dayOfHoliday(name, each);
        return holiday === undefined ? [] : [seasonIdOf(name, holiday)];
      }),
    )
    .find((season) => {
      const days = seasonDays(season);
      return days !== undefined && days.opens <= day && day <= days.closes;
    });
}
