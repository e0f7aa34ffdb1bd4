import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isoOrNull } from '../../store/record-set.ts';

test('an instant in a record set is what toISOString says, whichever was written before it', () => {
  const instant = fc.integer({ min: -62_198_755_200_000, max: 253_433_923_200_000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(instant, fc.nat({ max: 120_000 }))), (pairs) => {
      for (const one of pairs.flatMap(([start, later]) => [start, start + later, start + 0.7]))
        expect(isoOrNull(one)).toBe(new Date(one).toISOString());
    }),
  );
  expect(isoOrNull(null)).toBeNull();
  expect(isoOrNull(undefined)).toBeNull();
  expect(() => isoOrNull(NaN)).toThrow(RangeError);
});
