import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { World } from '../../simulation/world.ts';
import { useWorlds } from '../kit/world.ts';
import { anyHistory } from './history.ts';
import { brokenPromises } from './invariants.ts';
import { play } from './play.ts';

const openWorld = useWorlds();
const runs = Number(process.env['PERENNIAL_PROPERTY_RUNS'] ?? 40);
const seed = process.env['PERENNIAL_PROPERTY_SEED'];

/**
 * Carts, checkouts, orders, opt-outs, merges, late news, repeated news and workers that die, in any order: whatever
 * happens, nobody is chased for what they bought, written to after they said no, woken at night or written to too often.
 *
 * A failure prints its seed; `PERENNIAL_PROPERTY_SEED=<seed>` plays the same histories again.
 */
test(`no promise is broken in ${runs} random histories`, { timeout: 20_000 + runs * 15_000 }, async () => {
  let world: World | undefined;
  await fc.assert(
    fc.asyncProperty(anyHistory, async (history) => {
      world ??= await openWorld('2026-03-01T00:00:00Z');
      expect(brokenPromises(await play(world, history))).toEqual([]);
    }),
    { numRuns: runs, ...(seed !== undefined && { seed: Number(seed) }) },
  );
});
