import type { Instant } from './instant.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** The day of an instant in a zone, `YYYY-MM-DD`. @throws RangeError when there is no such zone */
export function localDay(instant: Instant, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format.format(instant);
}
