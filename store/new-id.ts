import { randomFillSync } from 'node:crypto';

/** Random bytes are drawn for many ids at once: a draw costs far more than its length. */
const pool = Buffer.alloc(4096);
let used = pool.length;

const largestCounter = 0xfff;
let millisecond = 0;
let counter = 0;

/**
 * A new UUID of version 7 (RFC 9562): opaque, and in order of creation within a process, so that indexes stay dense and
 * two rows of one moment keep their order. Its time part is the wall clock's and means nothing: business instants have
 * their own columns.
 */
export function newId(): string {
  count();
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const bytes = pool.subarray(used, (used += 16));
  bytes.writeUIntBE(millisecond, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** RFC 9562, 6.2, method 1: ids of one millisecond count up, and a full millisecond borrows from the next. */
function count(): void {
  const now = Date.now();
  if (now > millisecond) {
    millisecond = now;
    counter = 0;
  } else if (counter < largestCounter) counter += 1;
  else {
    millisecond += 1;
    counter = 0;
  }
}
