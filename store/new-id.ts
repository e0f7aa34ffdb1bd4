import { randomBytes } from 'node:crypto';

/**
 * A new UUID of version 7 (RFC 9562): random, opaque, and in order of creation, so that indexes stay dense.
 * Its time part is the wall clock's and means nothing: business instants have their own columns.
 */
export function newId(): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
