import { Option, type Command } from 'commander';
import type { CalendarDay } from '../../domain/calendar/calendar-year.ts';
import { markets, type Market } from '../../domain/holiday.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import type { Row } from '../output.ts';
import { parseYear } from '../parse-options.ts';

interface CalendarOptions extends CommonOptions {
  readonly year?: number;
  readonly country?: Market;
}

export function calendarCommand(): Command {
  return createCommand('calendar', 'print a year of holidays: what shops sell for, and days off', [
    'calendar',
    'calendar --year 2027 --country KR',
    'calendar --json',
  ])
    .option('--year <year>', 'which; default: this year', parseYear)
    .addOption(new Option('--country <country>', 'only this one').choices(markets))
    .action(({ year, country, ...options }: CalendarOptions) =>
      runCommand(options, async (output) => {
        const { calendarYear } = await import('../../domain/calendar/calendar-year.ts');
        const which = year ?? new Date().getFullYear();
        const days = (country === undefined ? markets : [country])
          .flatMap((market) => calendarYear(market, which))
          .sort((one, other) => one.day.localeCompare(other.day));
        output.data(days);
        output.table(days.map(toRow));
        output.say('\nA campaign names the ones in the last column: when: { holiday: "black-friday", … }.');
        output.say('Days off are those of date-holidays (CC BY 3.0) with corrections of ours.');
      }),
    );
}

const weekday = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' });

function toRow({ day, market, title, localTitle, dayOff, holiday }: CalendarDay): Row {
  return {
    day: `${day} ${weekday.format(Date.parse(day))}`,
    country: market,
    what: localTitle === undefined ? title : `${title} · ${localTitle}`,
    'day off': dayOff ? 'yes' : '',
    holiday: holiday ?? '',
  };
}
