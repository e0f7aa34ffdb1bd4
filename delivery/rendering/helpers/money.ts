import { remembered } from '../remembered.ts';
import type { TemplateHelper } from './template-helper.ts';

type Format = (amount: number) => string;

/** By locale and currency. */
const formats = new Map<string, Map<string, Format>>();

/** `{{money price}}`: £2.55, ₩12,900, R$ 1.234,56. Minor units by currency: won and yen have none. */
export const money: TemplateHelper = {
  takes: ['money'],
  example: '{{money price}}',
  run: ([value], { locale }) => {
    const { amount, currency } = moneyOf(value);
    return formatOf(locale, currency)(amount);
  },
};

/** A new Intl format costs as much as 67 uses of one, so each is made once. */
function formatOf(locale: string, currency: string): Format {
  const ofLocale = formats.get(locale) ?? new Map<string, Format>();
  const known = ofLocale.get(currency);
  if (known !== undefined) return known;
  const made = remembered(createFormat(locale, currency));
  formats.set(locale, ofLocale.set(currency, made));
  return made;
}

/** Above this the division would round away minor units, so the amount is written as a decimal text, which Intl takes exactly. */
const largestExact = 1e12;

function createFormat(locale: string, currency: string): Format {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  // Two digits after the point for pounds, none for won.
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return (amount) =>
    format.format(Math.abs(amount) < largestExact ? amount / 10 ** digits : decimalOf(amount, digits));
}

function decimalOf(amount: number, digits: number): `${number}` {
  const units = Math.abs(amount)
    .toString()
    .padStart(digits + 1, '0');
  const whole = digits === 0 ? units : `${units.slice(0, -digits)}.${units.slice(-digits)}`;
  return `${amount < 0 ? '-' : ''}${whole}` as `${number}`;
}

function moneyOf(value: unknown): { amount: number; currency: string } {
  if (typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value) {
    const { amount, currency } = value;
    if (typeof amount === 'number' && Number.isSafeInteger(amount) && typeof currency === 'string') {
      return { amount, currency };
    }
  }
  throw new Error('money needs an amount in whole minor units and a currency');
}
