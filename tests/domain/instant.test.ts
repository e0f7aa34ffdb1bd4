import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toIso } from '../../domain/instant.ts';

test('an instant is written as toISOString does, without milliseconds that are none, whichever was written before it', () => {
  const instant = fc.integer({ min: -62_198_755_200_000, max: 253_433_923_200_000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(instant, fc.nat({ max: 120_000 }))), (pairs) => {
      for (const one of pairs.flatMap(([start, later]) => [start, start + later, start + 0.7]))
        expect(toIso(one)).toBe(new Date(one).toISOString().replace('.000Z', 'Z'));
    }),
  );
});

test('what is no instant is not written', () => {
  expect(() => toIso(Number.NaN)).toThrow(RangeError);
  expect(() => toIso(Number.POSITIVE_INFINITY)).toThrow(RangeError);
});
