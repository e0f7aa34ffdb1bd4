/**
 * The languages to try for a customer, best first: the whole tag, then its language, then the shop's first language.
 * `ko-KR` gives `['ko-KR', 'ko', 'en']` in a shop whose first language is English.
 */
export function languageChain(locale: string | null | undefined, supported: readonly string[]): string[] {
  const parts = (locale ?? '').split('-').filter((part) => part !== '');
  const tags = parts.map((_, index) => parts.slice(0, parts.length - index).join('-'));
  return [...new Set([...tags, ...supported.slice(0, 1)])];
}

/** Languages written from right to left; the mail then says so. */
const rightToLeft = new Set(['ar', 'fa', 'he', 'ur']);

export function directionOf(language: string): 'ltr' | 'rtl' {
  return rightToLeft.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr';
}

/**
 * The locale by which numbers and dates are written: the customer's own when it speaks the language of the message
 * (`en-US` has other dates than `en-GB`), else the language itself.
 */
export function formatLocaleOf(locale: string, language: string): string {
  return locale.split('-')[0] === language.split('-')[0] && isLocale(locale) ? locale : language;
}

const known = new Map<string, boolean>();

function isLocale(locale: string): boolean {
  const judged = known.get(locale);
  if (judged !== undefined) return judged;
  const canonical = isCanonical(locale);
  known.set(locale, canonical);
  return canonical;
}

function isCanonical(locale: string): boolean {
  try {
    return Intl.getCanonicalLocales(locale).length === 1;
  } catch {
    return false;
  }
}
