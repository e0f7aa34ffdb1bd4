/**
 * The customer's variant in an experiment: a hash of both decides, so there is nothing to store, a replay decides the
 * same, and two experiments are independent of each other.
 *
 * @param shares whole numbers in any unit, such as `{ a: 50, b: 50 }`
 */
export function chooseVariant<Variant extends string>(
  experiment: string,
  customer: string,
  shares: Readonly<Record<Variant, number>>,
): Variant {
  // Sorted by name, so that the order in which they are written down does not matter.
  const variants = (Object.keys(shares) as Variant[]).sort();
  const total = variants.reduce((sum, variant) => sum + shares[variant], 0);
  const lot = (hash(`${experiment}\n${customer}`) / 2 ** 32) * total;

  let upTo = 0;
  for (const variant of variants) {
    upTo += shares[variant];
    if (lot < upTo) return variant;
  }
  throw new RangeError(
    `choose('${experiment}', …) needs at least one variant with a share above 0, such as { a: 50, b: 50 }.`,
  );
}

/** FNV-1a, finished like MurmurHash3 so that near-equal texts do not get near-equal numbers. 32 bits, unsigned. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
