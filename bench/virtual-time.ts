import { join } from 'node:path';
import { startSimulationServer } from '../engine/start-simulation-server.ts';
import { startTestDatabaseServer } from '../engine/start-test-database-server.ts';
import { openStage } from '../simulation/stage.ts';
import { createThrowAwayDatabase } from '../simulation/throw-away-database.ts';
import { createWorld } from '../simulation/world.ts';
import type { BenchOptions, Figures } from './main.ts';
import * as stories from './stories/index.ts';

const journeys = 9;
const checkout = join(import.meta.dirname, '..');

/**
 * How long it takes to play a journey of thirty days with three messages, from the event to its recorded exit, in a world:
 * intake, dispatcher, worker, gates, templates and ledger are the real ones. One journey after the other; the median counts.
 */
export async function run({ say }: BenchOptions): Promise<Figures> {
  const [temporal, postgres] = await Promise.all([
    startSimulationServer({ checkout, onProgress: say }),
    startTestDatabaseServer({ checkout, onProgress: say }),
  ]);
  const database = await createThrowAwayDatabase(postgres.url);
  const entry = join(import.meta.dirname, 'stories/index.ts');
  const stage = await openStage({ temporal, journeys: { module: stories, entry } });
  const world = await createWorld({ stage, databaseUrl: database.url, startAt: '2026-03-02T09:00:00Z' });
  try {
    const item = { variant: 'tea', quantity: 1, price: { amount: 450, currency: 'GBP' } };
    await world.track({
      type: 'product.updated',
      data: { variant: 'tea', title: 'Green tea', price: item.price, stock: 9 },
    });
    const times: number[] = [];
    for (let number = 1; number <= journeys; number += 1) {
      const customerId = `customer-${number}`;
      await world.track([
        { type: 'customer.updated', customerId, data: { email: `${customerId}@example.com` } },
        {
          type: 'consent.changed',
          customerId,
          data: { channel: 'email', purpose: 'marketing', state: 'granted', basis: 'a benchmark' },
        },
      ]);
      const begin = performance.now();
      await world.track({
        type: 'cart.updated',
        customerId,
        data: { cartId: `cart-${number}`, items: [item] },
      });
      await world.advance('31 days');
      times.push((performance.now() - begin) / 1000);
      say(`journey ${number}: ${times.at(-1)?.toFixed(2)} s, ${world.outbox().length} messages so far`);
    }
    if (world.outbox().length !== 3 * journeys) throw new Error('not every message was sent');
    return { seconds: round(median(times)), slowest: round(Math.max(...times)) };
  } finally {
    await world.close();
    await stage.close();
    await database.drop();
    await Promise.all([temporal.stop(), postgres.stop()]);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
