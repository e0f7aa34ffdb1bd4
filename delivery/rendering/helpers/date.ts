import type { TemplateHelper } from './template-helper.ts';

const styles = {
  day: { dateStyle: 'long' },
  'short-day': { month: 'short', day: 'numeric' },
  weekday: { weekday: 'long', month: 'long', day: 'numeric' },
  time: { timeStyle: 'short' },
  'day-and-time': { dateStyle: 'long', timeStyle: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** `{{date endsAt style="weekday"}}`: the instant (ISO 8601 or epoch milliseconds) in the customer's zone and locale. */
export const date: TemplateHelper = {
  takes: ['instant'],
  example: '{{date endsAt style="weekday"}}',
  run: ([value], { locale, timeZone, named }) => {
    const style = named['style'] ?? 'day';
    if (!isStyle(style)) {
      throw new Error(`date knows no such style; it knows ${Object.keys(styles).join(', ')}`);
    }
    return formatOf(locale, timeZone, style).format(instantOf(value));
  },
};

function formatOf(locale: string, timeZone: string, style: keyof typeof styles): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${style}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, { ...styles[style], timeZone });
  formats.set(key, made);
  return made;
}

function isStyle(style: unknown): style is keyof typeof styles {
  return typeof style === 'string' && Object.hasOwn(styles, style);
}

function instantOf(value: unknown): Date {
  const instant = typeof value === 'number' || typeof value === 'string' ? new Date(value) : new Date(NaN);
  if (Number.isNaN(instant.getTime()))
    throw new Error('date needs an instant, in ISO 8601 or epoch milliseconds');
  return instant;
}
