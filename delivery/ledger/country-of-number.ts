import { parsePhoneNumberFromString } from 'libphonenumber-js';

/** The country of a telephone number by its prefix. +1 is shared by many; when more is not known it counts as the US (R-WA-2). */
export function countryOfNumber(number: string): string | null {
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined) return null;
  return parsed.country ?? (parsed.countryCallingCode === '1' ? 'US' : null);
}
