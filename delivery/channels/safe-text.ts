import { PerennialError } from '../../domain/perennial-error.ts';

const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
const bidiOverride = /[\u202a-\u202e\u2066-\u2069]/g;
const mailAddress = /^[^\s<>,;:"()[\]\\\u0000-\u001f\u007f]+@[^\s<>,;:"()[\]\\\u0000-\u001f\u007f@]+$/;
const phoneNumber = /^\+[1-9]\d{6,14}$/;
const longestName = 64;
const longestLine = 900;

/**
 * Nothing that reaches a header may begin a new one (R-SEC-7). A message that tries is refused, not mended: somebody has
 * to learn where it came from.
 *
 * @throws PerennialError `message-unsafe`; the text itself is not shown, it may be personal.
 */
export function assertSafeLine(text: string, what: string): string {
  if (!control.test(text) && text.length <= longestLine) return text;
  throw unsafe(what, `one line without control characters, at most ${longestLine} long`);
}

/** A display name: overrides of the writing direction would disguise what follows, and a long name is cut. */
export function safeName(name: string, what: string): string {
  return Array.from(assertSafeLine(name, what).replace(bidiOverride, '')).slice(0, longestName).join('');
}

/** @throws PerennialError `message-unsafe` */
export function assertMailAddress(address: string, what: string): string {
  if (mailAddress.test(address) && address.length <= 254) return address;
  throw unsafe(what, 'one e-mail address');
}

/** @throws PerennialError `message-unsafe` */
export function assertPhoneNumber(address: string, what: string): string {
  if (phoneNumber.test(address)) return address;
  throw unsafe(what, 'a phone number in E.164 form');
}

function unsafe(what: string, allowed: string): PerennialError {
  return new PerennialError(
    'message-unsafe',
    `The ${what} must be ${allowed}. The message was not sent; find where the text came from and mend it there.`,
  );
}
