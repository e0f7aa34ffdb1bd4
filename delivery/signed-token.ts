import { createHash, createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';

/** Makes tokens for one purpose and reads them back; what was made for another purpose does not open here. */
export interface TokenSeal {
  readonly seal: (content: Buffer) => string;
  /** The content of a token that we made, or `undefined`. */
  readonly open: (token: string) => Buffer | undefined;
}

export interface TokenSealOptions {
  /** Words that the key is derived from: `unsubscribe links, version 1`. They never change while such tokens are about. */
  readonly purpose: string;
  /** Bytes of the content. A token of any other length is not ours. */
  readonly length: number | 'any';
  readonly secret: string;
  /** Secrets of the past, whose tokens stay valid. */
  readonly formerSecrets: readonly string[];
}

const version = 1;
const headerLength = 2;
const signatureLength = 16;

/**
 * A token is base64url(version ‖ key id ‖ content ‖ HMAC-SHA256, cut to 128 bits). The content can be read by anybody and
 * made by nobody else, so it holds ids and no personal data.
 *
 * The key is derived for the purpose alone, so a signature made for anything else does not open it (R-SEC-10).
 */
export function createTokenSeal({ purpose, length, secret, formerSecrets }: TokenSealOptions): TokenSeal {
  const current = keyOf(secret, purpose);
  const keys = [current, ...formerSecrets.map((former) => keyOf(former, purpose))];
  const header = Buffer.from([version, current.id]);
  const around = headerLength + signatureLength;
  const isLongEnough = ({ length: letters }: string) =>
    length === 'any' ? letters > lettersOf(around) : letters === lettersOf(around + length);

  return {
    seal(content) {
      const body = Buffer.concat([header, content]);
      return Buffer.concat([body, signatureOf(body, current.key)]).toString('base64url');
    },
    open(token) {
      if (!isLongEnough(token) || !/^[A-Za-z0-9_-]+$/.test(token)) return undefined;
      const bytes = Buffer.from(token, 'base64url');
      const body = bytes.subarray(0, -signatureLength);
      const signature = bytes.subarray(-signatureLength);
      // Base64url can write the same bytes in two ways; only the one that we write counts.
      const isOurs = bytes.toString('base64url') === token && body[0] === version;
      const signed = keys.some(({ id, key }) => id === body[1] && isEqual(signature, signatureOf(body, key)));
      return isOurs && signed ? body.subarray(headerLength) : undefined;
    },
  };
}

/** Of base64url, which does without padding. */
function lettersOf(bytes: number): number {
  return Math.ceil((bytes * 4) / 3);
}

interface SigningKey {
  /** Tells keys apart; says nothing about them. */
  readonly id: number;
  readonly key: KeyObject;
}

function keyOf(secret: string, purpose: string): SigningKey {
  const key = createHmac('sha256', secret).update(`perennial: ${purpose}`).digest();
  return { id: createHash('sha256').update(key).digest()[0] ?? 0, key: createSecretKey(key) };
}

function signatureOf(body: Buffer, key: KeyObject): Buffer {
  return createHmac('sha256', key).update(body).digest().subarray(0, signatureLength);
}

function isEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** The sixteen bytes of an id. */
export function bytesOf(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

export function idOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
