import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { channelNames, type ChannelName } from '../domain/channel-name.ts';

/** What an unsubscribe link stands for: ids, no personal data. */
export interface UnsubscribeGrant {
  readonly customer: string;
  readonly delivery: string;
  readonly channel: ChannelName;
}

export interface Links {
  /** The address that stops `channel` for this customer, shown in a message and called by one click (RFC 8058). */
  readonly unsubscribe: (grant: UnsubscribeGrant) => string;
  /** What a token grants, or `undefined` for one that we did not make. It never expires: an old mail must still stop. */
  readonly verifyUnsubscribe: (token: string) => UnsubscribeGrant | undefined;
}

export interface LinkOptions {
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly secret: string;
  /** Secrets of the past, whose links stay valid (kept at least two years). */
  readonly formerSecrets?: readonly string[];
}

const version = 1;
const headerLength = 2;
const idLength = 16;
const bodyLength = headerLength + 2 * idLength + 1;
const signatureLength = 16;
const shape = /^[A-Za-z0-9_-]{68}$/;

/**
 * Signed links. A token is base64url(version ‖ key id ‖ customer ‖ delivery ‖ channel ‖ HMAC-SHA256, cut to 128 bits).
 *
 * The key is derived for this purpose alone, so a signature made for anything else does not open it (R-SEC-10).
 */
export function createLinks({ publicUrl, secret, formerSecrets = [] }: LinkOptions): Links {
  const current = keyOf(secret);
  const keys = [current, ...formerSecrets.map(keyOf)];

  function unsubscribe(grant: UnsubscribeGrant): string {
    const body = Buffer.concat([
      Buffer.from([version, current.id]),
      bytesOf(grant.customer),
      bytesOf(grant.delivery),
      Buffer.from([channelNames.indexOf(grant.channel)]),
    ]);
    const token = Buffer.concat([body, signatureOf(body, current.key)]).toString('base64url');
    return `${publicUrl}/u/${token}`;
  }

  function verifyUnsubscribe(token: string): UnsubscribeGrant | undefined {
    if (!shape.test(token)) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    const body = bytes.subarray(0, bodyLength);
    const signature = bytes.subarray(bodyLength);
    // Base64url can write the same bytes in two ways; only the one that we write counts.
    const isOurs = bytes.toString('base64url') === token && body[0] === version;
    const signed = keys.some(({ id, key }) => id === body[1] && isEqual(signature, signatureOf(body, key)));
    const channel = channelNames[body[bodyLength - 1] ?? -1];
    if (!isOurs || !signed || channel === undefined) return undefined;
    return {
      customer: idOf(body.subarray(headerLength, headerLength + idLength)),
      delivery: idOf(body.subarray(headerLength + idLength, headerLength + 2 * idLength)),
      channel,
    };
  }

  return { unsubscribe, verifyUnsubscribe };
}

interface SigningKey {
  /** Tells keys apart; says nothing about them. */
  readonly id: number;
  readonly key: Buffer;
}

function keyOf(secret: string): SigningKey {
  const key = createHmac('sha256', secret).update('perennial: unsubscribe links, version 1').digest();
  return { id: createHash('sha256').update(key).digest()[0] ?? 0, key };
}

function signatureOf(body: Buffer, key: Buffer): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, signatureLength);
}

function isEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function idOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
