import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** The private key of a webhook, and its public one as SendGrid shows it. */
export interface WebhookKey {
  readonly privateKey: KeyObject;
  /** Base64 of SPKI DER. */
  readonly publicKey: string;
}

/** @param pem a P-256 key in PKCS #8; a new one by default */
export function webhookKey(pem?: string): WebhookKey {
  const privateKey =
    pem === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
      : createPrivateKey(pem);
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { privateKey, publicKey: spki.toString('base64') };
}

/** The headers of a signed event webhook: ECDSA with SHA-256 over timestamp and body, nothing between them. */
export function signedHeaders(
  body: string | Buffer,
  { privateKey }: WebhookKey,
  signedAt: number,
): Record<string, string> {
  const timestamp = String(Math.floor(signedAt / 1000));
  const signed = Buffer.concat([Buffer.from(timestamp), Buffer.from(body)]);
  return {
    'X-Twilio-Email-Event-Webhook-Signature': sign('sha256', signed, privateKey).toString('base64'),
    'X-Twilio-Email-Event-Webhook-Timestamp': timestamp,
  };
}

/** Events as they travel: SendGrid ends the body with a line break, which is signed as well. */
export const bodyOf = (events: readonly unknown[]): string => `${JSON.stringify(events)}\r\n`;

/** Calls a webhook as SendGrid does. Answers with its status, or 0 when nobody was there. */
export async function postSigned(
  url: string,
  events: readonly unknown[],
  key: WebhookKey,
  signedAt: number,
): Promise<number> {
  const body = bodyOf(events);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json;charset=utf-8',
        'User-Agent': 'SendGrid Event API',
        ...signedHeaders(body, key, signedAt),
      },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
