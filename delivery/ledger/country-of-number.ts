import { parsePhoneNumberFromString } from 'libphonenumber-js';

/**
 * The country of a telephone number, as far as its prefix tells; null where several share one.
 *
 * +1 belongs to 25 countries, and an area code to one of them. Where it tells none (toll-free and personal numbers, area
 * codes younger than our tables, what is no number at all) it counts as the US, which has the strictest rules (R-WA-2).
 */
export function countryOfNumber(number: string): string | null {
  const known = parsePhoneNumberFromString(number)?.country;
  return known ?? (number.startsWith('+1') ? 'US' : null);
}
