import { describe, expect, it } from 'vitest';
import { drawSeason } from '../../examples/online-retail/draw-season.ts';
import { hashOf } from '../../examples/online-retail/random.ts';
import { readOrders, seasonFile } from '../../examples/online-retail/read-orders.ts';
import { playTwoMonths } from '../../examples/online-retail/two-months.ts';
import { startSimulationServer } from '../../engine/start-simulation-server.ts';
import { createMemoryChannel, type SentMessage } from '../../simulation/memory-channel.ts';
import { openStage } from '../../simulation/stage.ts';
import { checkout } from '../kit/checkout.ts';
import { createTestDatabase } from '../kit/database.ts';

const from = Date.parse('2010-11-30T12:00:00Z');

describe('what is drawn for the demo', () => {
  it('is the same for a customer, whoever else is played', async () => {
    const real = await readOrders([seasonFile]);
    const [one] = real.orders.map(({ customer }) => customer).toSorted((a, b) => hashOf(a) - hashOf(b));
    const ofOne = {
      orders: real.orders.filter(({ customer }) => customer === one),
      returns: real.returns.filter(({ customer }) => customer === one),
    };
    const alone = drawSeason(ofOne, { from, leavesBaskets: true }).events;
    const among = drawSeason(real, { from, leavesBaskets: true }).events;
    const about = (events: typeof alone) => events.filter((event) => event.customerId === one);
    expect(about(among)).toEqual(about(alone));
    expect(about(alone).length).toBeGreaterThan(3);
  });

  it('takes back no more of an order than was bought', async () => {
    const real = await readOrders([seasonFile]);
    const { events } = drawSeason(real, { from, leavesBaskets: false });
    const units = new Map<string, number>();
    const add = (order: string, variant: string, count: number) =>
      units.set(`${order} ${variant}`, (units.get(`${order} ${variant}`) ?? 0) + count);
    for (const { type, data } of events) {
      if (type === 'order.placed')
        for (const line of data.lines) add(data.orderId, line.variant, line.quantity);
      if (type === 'order.refunded')
        for (const line of data.lines ?? []) add(data.orderId, line.variant, -line.quantity);
    }
    expect([...units].filter(([, left]) => left < 0)).toEqual([]);
    expect(events.filter(({ type }) => type === 'order.refunded').length).toBeGreaterThan(5);
  });

  it('leaves no basket behind when it is not asked to', async () => {
    const real = await readOrders([seasonFile]);
    const { events, fates } = drawSeason(real, { from, leavesBaskets: false });
    expect(fates).toEqual({});
    expect(events.filter(({ type }) => type === 'order.placed')).toHaveLength(real.orders.length);
  });
});

describe('the two months of the demo', () => {
  it('give the same summary, timeline and words each time, to the byte', async () => {
    const first = await play();
    const second = await play();
    expect(second).toEqual(first);
    expect(JSON.stringify(second) === JSON.stringify(first)).toBe(true);
    const told = new Set(first.played.summary.messages.map(({ of }) => of));
    expect([...told]).toEqual(
      expect.arrayContaining(['christmas-last-parcels', 'review-request', 'thank-you']),
    );
    expect(first.words.length).toBeGreaterThan(5);
  }, 300_000);
});

/** A few customers; the same way as `npm run demo` goes. */
async function play() {
  const temporal = await startSimulationServer({ checkout });
  const stage = await openStage({ temporal });
  const database = await createTestDatabase();
  const sent: SentMessage[] = [];
  try {
    const played = await playTwoMonths({
      stage,
      databaseUrl: database.url,
      channels: [createMemoryChannel('email', sent), createMemoryChannel('sms', sent)],
      customers: 5,
    });
    return { played, words: sent.map(({ at, to, message }) => `${at} ${to} ${message}`).toSorted() };
  } finally {
    await stage.close();
    await database.close();
    await temporal.stop();
  }
}
