import { holidayNames, type HolidayName, type Market } from '../holiday.ts';
import { dayOfHoliday, holidays } from './holidays.ts';
import { publicHolidays } from './public-holidays.ts';

/** One line of the calendar. */
export interface CalendarDay {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly market: Market;
  readonly title: string;
  /** In the language of the country, when it differs. */
  readonly localTitle?: string;
  /** What a campaign may write in `when.holiday`; absent for days off that nobody sells for. */
  readonly holiday?: HolidayName;
  /** Offices and banks are closed. */
  readonly dayOff: boolean;
}

/** A market's year: the days that campaigns can be named after, and all days off, in order. */
export function calendarYear(market: Market, year: number): readonly CalendarDay[] {
  const daysOff = publicHolidays(market, year);
  const sold = holidayNames.flatMap((holiday): CalendarDay[] => {
    const day = dayOfHoliday(holiday, year, market);
    if (day === undefined) return [];
    const off = daysOff.find((each) => each.day === day);
    const { title } = holidays[holiday];
    const localTitle = off === undefined || off.localTitle === title ? {} : { localTitle: off.localTitle };
    return [{ day, market, title, ...localTitle, holiday, dayOff: off !== undefined }];
  });
  const others = daysOff
    .filter(({ day }) => !sold.some((each) => each.day === day))
    .map(({ day, title, localTitle }): CalendarDay => {
      return { day, market, title, ...(localTitle === title ? {} : { localTitle }), dayOff: true };
    });
  return [...sold, ...others].sort((one, other) => one.day.localeCompare(other.day));
}
