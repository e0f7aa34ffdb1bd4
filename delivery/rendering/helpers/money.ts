import type { TemplateHelper } from './template-helper.ts';

const formats = new Map<string, { readonly format: Intl.NumberFormat; readonly digits: number }>();

/** `{{money price}}`: £2.55, ₩12,900, R$ 1.234,56. Minor units by currency: won and yen have none. */
export const money: TemplateHelper = {
  takes: ['money'],
  example: '{{money price}}',
  run: ([value], { locale }) => {
    const { amount, currency } = moneyOf(value);
    const { format, digits } = formatOf(locale, currency);
    return format.format(decimalOf(amount, digits));
  },
};

/** A new Intl format costs as much as 67 uses of one, so each is made once. */
function formatOf(locale: string, currency: string) {
  const key = `${locale} ${currency}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  const made = { format, digits: format.resolvedOptions().maximumFractionDigits ?? 2 };
  formats.set(key, made);
  return made;
}

/** As a decimal text, which Intl takes exactly; a division would round large amounts. */
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
