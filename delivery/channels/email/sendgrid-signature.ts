import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { Instant } from '../../../domain/instant.ts';
import { PerennialError } from '../../../domain/perennial-error.ts';
import type { Refusal, WebhookRequest } from '../receipts.ts';

/** The headers of a signed event webhook, by lower-case name. */
export const signatureHeader = 'x-twilio-email-event-webhook-signature';
export const timestampHeader = 'x-twilio-email-event-webhook-timestamp';

/**
 * The verification key as SendGrid shows it: base64 of a P-256 key in SPKI DER.
 *
 * @throws PerennialError `environment-invalid`
 */
export function readWebhookKey(base64: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // Said below: the reason that the parser gives helps nobody.
  }
  throw new PerennialError(
    'environment-invalid',
    'SENDGRID_WEBHOOK_KEY is not a verification key of SendGrid. Copy it from Settings, Mail Settings, Event Webhook: it begins with MFkw.',
  );
}

/** How far clocks may differ: a timestamp may lie ahead of the clock that it is held against by so many milliseconds. */
export const aheadMs = 5 * 60_000;

export function hasSignature(headers: WebhookRequest['headers']): boolean {
  return Boolean(headers[signatureHeader]) && Boolean(headers[timestampHeader]);
}

/**
 * Why a request is not believed; `undefined` when SendGrid made it, in the last `windowMs` milliseconds.
 *
 * ECDSA over timestamp and raw body with nothing between them, so a digit could be moved from one to the other and the
 * signature would still hold: the timestamp has ten digits, always (providers reference 1.4). Checking a signature works
 * with public values only, so its timing has no secret to tell; a signature that is no signature is forged, not an error.
 */
export function whyNotGenuine(
  { headers, rawBody, now }: WebhookRequest,
  key: KeyObject,
  windowMs: number,
): Refusal | undefined {
  const signature = headers[signatureHeader];
  const timestamp = headers[timestampHeader];
  if (!signature || !timestamp) return 'unsigned';
  if (!/^\d{10}$/.test(timestamp)) return 'forged';
  const signed = Buffer.concat([Buffer.from(timestamp), rawBody]);
  if (!isSigned(signed, signature, key)) return 'forged';
  return isFresh(Number(timestamp) * 1000, now, windowMs) ? undefined : 'stale';
}

function isSigned(signed: Buffer, signature: string, key: KeyObject): boolean {
  try {
    return verify('sha256', signed, { key, dsaEncoding: 'der' }, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

function isFresh(signedAt: Instant, now: Instant, windowMs: number): boolean {
  return signedAt > now - windowMs && signedAt < now + aheadMs;
}
