import * as z from 'zod';

/** Fields that several events share. Every text that reaches a message is free of control characters and bounded in length. */

const printablePattern = /^[^\u0000-\u001f\u007f]*$/;
export const printable = z.string().regex(printablePattern, 'must not contain control characters');

/** The shop's own id of a customer, cart or order. It may hold personal data, so it never leaves the database. */
export const shopId = printable.min(1).max(200);

/** Years that every part of the system can write down; 1900 lets a long history in. */
const sensibleYear = /^(19|20|21)\d\d/;
export const instant = z.iso
  .datetime({ offset: true })
  .regex(sensibleYear, 'must lie between the years 1900 and 2199');
export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as "GBP"');
/** Minor units: 255 is £2.55, and 12900 in KRW is ₩12,900. */
export const money = z.strictObject({ amount: z.int().min(-1e12).max(1e12), currency });
export const price = z.strictObject({ amount: z.int().min(0).max(1e12), currency });
export const quantity = z.int().min(1).max(1_000_000);
export const name = printable.min(0).max(64);
export const title = printable.min(1).max(300);
export const email = z.email().max(254);
/** E.164, with the plus sign. */
export const phone = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be in E.164 form, such as "+821012345678"');
export const country = z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 code such as "KR"');
export const locale = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$/, 'must be a tag such as "en" or "ko-KR"');
export const timeZone = z.string().max(64).refine(isTimeZone, 'must be an IANA zone such as "Europe/London"');
export const day = z.iso.date().regex(sensibleYear, 'must lie between the years 1900 and 2199');
export const dayOfYear = day;
/** A parser forgives what a mail may not hold: a space or a quote in a link is written as `%20` or `%27`. */
export const httpsUrl = z
  .url({ protocol: /^https$/ })
  .max(2000)
  .refine(isPercentEncoded, 'must be percent-encoded, such as "/cart/my%20cart"');

function isPercentEncoded(url: string): boolean {
  return /^https:\/\/[^\s"'<>\\]+$/.test(url);
}

function isTimeZone(zone: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    return !/^[+-]/.test(timeZone);
  } catch {
    return false;
  }
}
