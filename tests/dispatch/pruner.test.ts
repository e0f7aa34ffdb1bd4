import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPruner, type PrunerDependencies } from '../../dispatch/pruner.ts';
import { createMetrics } from '../../metrics/create-metrics.ts';
import { openDatabase } from '../../store/database.ts';
import { openShop, type Shop } from '../intake/shop.ts';
import { parseExposition } from '../metrics/exposition.ts';

let shop: Shop;
let pruner: ReturnType<typeof createPruner> | undefined;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  await pruner?.stop();
  await shop.close();
});

const later = () => shop.now() + 500 * 86_400_000;
const tellSomething = () => shop.tell(shop.event('customer.updated', { givenName: 'Mina' }));
const wordsLeft = async () =>
  (await shop.db.selectFrom('events').select('id').where('envelope', 'is not', null).execute()).length;

function start(changes: Partial<PrunerDependencies> = {}) {
  const warned: string[] = [];
  const told: object[] = [];
  pruner = createPruner({
    db: shop.db,
    clock: { now: later },
    leads: () => true,
    everyMs: 50,
    lookMs: 10,
    restMs: 1,
    log: {
      warn: (_details, message) => void warned.push(message),
      info: (details) => void told.push(details),
    },
    ...changes,
  });
  pruner.start();
  pruner.start();
  return { warned, told };
}

describe('the pruner', () => {
  it('removes what is old in the process that leads, again and again, and says how much', async () => {
    await tellSomething();
    const { told, warned } = start();
    await vi.waitFor(async () => expect(await wordsLeft()).toBe(0));
    await tellSomething();
    await vi.waitFor(async () => expect(await wordsLeft()).toBe(0));
    await vi.waitFor(() =>
      expect(told).toEqual([
        { what: 'event-words', count: 1 },
        { what: 'event-words', count: 1 },
      ]),
    );
    expect(warned).toEqual([]);
  });

  it('removes nothing in a process that does not lead, until it does', async () => {
    await tellSomething();
    let leads = false;
    start({ leads: () => leads });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await wordsLeft()).toBe(1);
    leads = true;
    await vi.waitFor(async () => expect(await wordsLeft()).toBe(0));
  });

  it('does nothing after its stop', async () => {
    start();
    await pruner?.stop();
    await tellSomething();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await wordsLeft()).toBe(1);
  });

  it('outlives a database that is away, and goes on with the next pass', async () => {
    await tellSomething();
    const away = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/nothing' });
    const { warned } = start({ db: away });
    await vi.waitFor(() => expect(warned.length).toBeGreaterThan(1));
    await pruner?.stop();
    await away.destroy();
    expect(await wordsLeft()).toBe(1);
  });

  it('is counted in the metrics of its worker', async () => {
    await tellSomething();
    const metrics = createMetrics();
    start({ onPruned: ({ what, count }) => metrics.count('perennial_pruned_total', { what }, count) });
    await vi.waitFor(async () => {
      const samples = parseExposition(await metrics.text()).filter(
        ({ name }) => name === 'perennial_pruned_total',
      );
      expect(samples.find(({ labels }) => labels['what'] === 'event-words')?.value).toBe(1);
      expect(samples.find(({ labels }) => labels['what'] === 'gate-traces')?.value).toBe(0);
    });
  });
});
