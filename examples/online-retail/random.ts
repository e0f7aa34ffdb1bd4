import { createHash } from 'node:crypto';

/** Draws that a seed repeats for good: mulberry32, enough for a demo and no more. */
export interface Random {
  /** Both ends included. */
  whole(from: number, to: number): number;
  chance(probability: number): boolean;
  /** One of the values, by weight. */
  pick<const Value>(weighted: readonly (readonly [Value, number])[]): Value;
}

/** @param seed a number, or what the draws are about: then they do not hang on what else is drawn */
export function createRandom(seed: number | string): Random {
  let state = typeof seed === 'number' ? seed : hashOf(seed);
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  return {
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    chance: (probability) => next() < probability,
    pick: (weighted) => {
      const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
      let left = next() * total;
      for (const [value, weight] of weighted) {
        left -= weight;
        if (left < 0) return value;
      }
      throw new Error('pick needs at least one value with a weight');
    },
  };
}

/** A number below 2³² that a text has for good, spread evenly. */
export function hashOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}
