import type { Instant } from './instant.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

/** The weekday and the time of an instant in a zone, `Tue 10:00`, for people to read. @throws RangeError when there is no such zone */
export function localTime(instant: Instant, timeZone: string): string {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${parts.get('weekday')} ${parts.get('hour')}:${parts.get('minute')}`;
}
