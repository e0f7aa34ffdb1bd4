import type { Money } from '../domain/money.ts';

/** Amounts, parts and days as people write them in `locale`: £1,234.50, ₩12,900, 12.5 %. */
export function createFormats(locale: string) {
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  return {
    money: (money: Money) => moneyWords(money, locale),
    monies: (amounts: readonly Money[]) => amounts.map((money) => moneyWords(money, locale)).join(' + '),
    /** A dash where there is nothing to divide by. */
    part: (part: number, whole: number) => (whole === 0 ? '–' : percent.format(part / whole)),
    ratio: (ratio: number | null) => (ratio === null ? '–' : percent.format(ratio)),
    number: (value: number | null) => (value === null ? '–' : number.format(value)),
    days: (days: number | null) =>
      days === null ? '–' : `${number.format(days)} ${days === 1 ? 'day' : 'days'}`,
    /** `1 gap`, `1,204 gaps`. */
    count: (count: number, noun: string) => `${number.format(count)} ${noun}${count === 1 ? '' : 's'}`,
  };
}

export type Formats = ReturnType<typeof createFormats>;

function moneyWords({ amount, currency }: Money, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency }).format(
    Number(decimalOf({ amount, currency })),
  );
}

/** In the main unit, for machines: `1234.50`, `12900`. */
export function decimalOf({ amount, currency }: Money): string {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const units = Math.abs(amount)
    .toString()
    .padStart(digits + 1, '0');
  const whole = digits === 0 ? units : `${units.slice(0, -digits)}.${units.slice(-digits)}`;
  return `${amount < 0 ? '-' : ''}${whole}`;
}
