import { createHash, timingSafeEqual } from 'node:crypto';
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js';

/** What was signed: the address with the fields of a form, or with the hash of a body that is not a form. */
export interface SignedRequest {
  /** As Twilio was given it. */
  readonly url: string;
  readonly signature: string;
  /** A field that came twice has a list. */
  readonly fields: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Whether Twilio signed it, with any of the tokens: HMAC-SHA1 over the address and all fields, sorted
 * (twilio.com/docs/usage/security). Every token is tried in constant time. Twilio's own check does the comparing; it throws
 * on an address that is none, which nobody has signed.
 */
export function isSignedByTwilio(request: SignedRequest, authTokens: readonly string[]): boolean {
  const verdicts = authTokens.map((token) => {
    try {
      return validateRequest(token, request.signature, request.url, { ...request.fields });
    } catch {
      return false;
    }
  });
  return verdicts.includes(true);
}

/** Whether the body is the one whose SHA-256 stands in the signed address as `bodySHA256`, in hexadecimal digits. */
export function isSignedBody(rawBody: Buffer, bodySha256: string): boolean {
  const expected = createHash('sha256').update(rawBody).digest('hex');
  return (
    bodySha256.length === expected.length && timingSafeEqual(Buffer.from(bodySha256), Buffer.from(expected))
  );
}
