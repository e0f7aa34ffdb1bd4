import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../examples/online-retail/random.ts';
import { openDatabase, type Database } from '../../store/database.ts';
import { parts, startRunningShop, type RunningShop } from './running-shop.ts';

const seed = Number(process.env['CHAOS_SEED'] ?? 20_261_122);
const total = 10_000;
const carts = 1_000;
const orders = 500;

interface ShopEvent {
  readonly id: string;
  readonly [field: string]: unknown;
}

describe(`ten thousand events while everything is killed at random (seed ${seed})`, () => {
  const random = createRandom(seed);
  const events = drawEvents(random);
  const kills = { server: 0, worker: 0, postgres: 0, temporal: 0 };
  let shop: RunningShop;
  let db: Database;

  beforeAll(async () => {
    shop = await startRunningShop();
    const key = JSON.parse(await shop.perennial('keys', 'create', 'chaos', '--json')) as { secret: string };
    const stop = new AbortController();
    const killing = killAtRandom(shop, random, kills, stop.signal);
    await postAll(shop.url, key.secret, events, random).catch((cause: unknown) => {
      throw new Error(`kills so far: ${JSON.stringify(kills)}\n${shop.log().slice(-4000)}`, { cause });
    });
    while (Object.values(kills).some((count) => count < 5)) await pause(500);
    stop.abort();
    await killing;
    db = openDatabase({ url: (await shop.places()).databaseUrl, connections: 2 });
    await untilQuiet(db);
  });

  afterAll(async () => {
    await db?.destroy();
    await shop?.stop();
  });

  it('really killed each of the four at least five times', () => {
    expect(
      Object.values(kills).every((count) => count >= 5),
      JSON.stringify(kills),
    ).toBe(true);
  });

  it('has every event that was answered with 2xx, and none twice', async () => {
    const { rows } = await sql<{ id: string }>`select id from events`.execute(db);
    expect(rows).toHaveLength(total);
    expect(new Set(rows.map((row) => row.id)).size).toBe(total);
  });

  it('opened one enrolment per cart, and not a second', async () => {
    const { rows } = await sql<{ carts: number; enrolments: number }>`
      select count(distinct key)::int as carts, count(*)::int as enrolments from enrolments
    `.execute(db);
    expect(rows[0]).toEqual({ carts, enrolments: carts });
  });

  it('ended every journey whose customer bought, and none of the others', async () => {
    const { rows } = await sql<{ bought: boolean; state: string; exit_reason: string | null; count: number }>`
      select exists (select 1 from orders where orders.customer_id = enrolments.customer_id) as bought,
             state, exit_reason, count(*)::int as count
      from enrolments
      group by 1, 2, 3
      order by 1
    `.execute(db);
    expect(rows).toEqual([
      { bought: false, state: 'open', exit_reason: null, count: carts - orders },
      { bought: true, state: 'closed', exit_reason: 'order.placed', count: orders },
    ]);
  });

  it('keeps exactly one run alive for each open enrolment, and tells nobody anything more', async () => {
    const { temporalAddress, namespace } = await shop.places();
    const connection = await Connection.connect({ address: temporalAddress });
    const client = new Client({ connection, namespace });
    // A worker that died between recording an exit and saying so does it again after ten seconds.
    const running = await pollUntil(carts - orders, async () => {
      const { count } = await client.workflow.count(`ExecutionStatus = 'Running'`);
      return count;
    });
    await connection.close();
    expect(running).toBe(carts - orders);
  });
});

function drawEvents(random: Random): ShopEvent[] {
  const now = Date.now();
  const at = (index: number) => new Date(now - 60_000 + index).toISOString();
  const price = { amount: 1200, currency: 'GBP' };
  const cart = (index: number): ShopEvent => ({
    id: `cart-${index}`,
    type: 'cart.updated',
    occurredAt: at(index),
    customerId: `customer-${index}`,
    data: { cartId: `cart-${index}`, items: [{ variant: `v-${index % 50}`, quantity: 1, price }] },
  });
  const order = (index: number): ShopEvent => ({
    id: `order-${index}`,
    type: 'order.placed',
    occurredAt: at(index + 5000),
    customerId: `customer-${index}`,
    data: {
      orderId: `order-${index}`,
      lines: [{ variant: `v-${index % 50}`, quantity: 1, price }],
      total: price,
    },
  });
  const other = (index: number): ShopEvent => ({
    id: `other-${index}`,
    type: 'customer.updated',
    occurredAt: at(index),
    customerId: `customer-${index % 2000}`,
    data: { locale: index % 2 ? 'en-GB' : 'ko-KR' },
  });
  const starting = Array.from({ length: carts }, (_, index) => cart(index));
  const ending = Array.from({ length: orders }, (_, index) => order(index));
  const others = Array.from({ length: total - carts - orders }, (_, index) => other(index));
  // An order follows its cart, with everything else strewn in between.
  return [
    ...shuffle([...starting, ...others.slice(0, 4000)], random),
    ...shuffle([...ending, ...others.slice(4000)], random),
  ];
}

function shuffle<Item>(items: Item[], random: Random): Item[] {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.whole(0, last);
    const kept = items[last] as Item;
    items[last] = items[other] as Item;
    items[other] = kept;
  }
  return items;
}

/** Posts as a careful shop does: what is not answered with 2xx is sent again, with the same ids. */
async function postAll(
  url: string,
  key: string,
  events: readonly ShopEvent[],
  random: Random,
): Promise<void> {
  const half = events.findIndex((event) => event.id.startsWith('order-'));
  for (const phase of [events.slice(0, half), events.slice(half)]) {
    const batches: (readonly ShopEvent[])[] = [];
    for (let from = 0; from < phase.length;) {
      const size = random.whole(1, 20);
      batches.push(phase.slice(from, from + size));
      from += size;
    }
    const sender = async () => {
      for (let batch = batches.shift(); batch; batch = batches.shift())
        await postUntilAccepted(url, key, batch);
    };
    await Promise.all(Array.from({ length: 4 }, sender));
  }
}

async function postUntilAccepted(url: string, key: string, batch: readonly ShopEvent[]): Promise<void> {
  const givesUpAt = Date.now() + 300_000;
  for (;;) {
    const status = await post(url, key, batch);
    // A slow, steady shop, so that the killing falls into the middle of it.
    await pause(300);
    if (status >= 200 && status < 300) return;
    if (status >= 400 && status < 500 && status !== 429) throw new Error(`refused with ${status}`);
    if (Date.now() > givesUpAt) throw new Error('not accepted within five minutes');
    await pause(100);
  }
}

async function post(url: string, key: string, batch: readonly ShopEvent[]): Promise<number> {
  try {
    const response = await fetch(`${url}/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(batch),
      signal: AbortSignal.timeout(10_000),
    });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

async function killAtRandom(
  shop: RunningShop,
  random: Random,
  kills: Record<(typeof parts)[number], number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(random.whole(1500, 4000));
    const fewest = parts.filter((part) => kills[part] <= Math.min(...Object.values(kills)));
    const part = random.chance(0.5) ? fewest[0] : parts[random.whole(0, 3)];
    if (part === undefined || signal.aborted) continue;
    const pid = await shop.pidOf(part);
    if (pid === undefined) continue;
    try {
      process.kill(pid, 'SIGKILL');
      kills[part] += 1;
    } catch {
      // It had just died of the last one.
    }
  }
}

/** The first answer that is `wanted`, or the last one after a minute. */
async function pollUntil(wanted: number, ask: () => Promise<number>): Promise<number> {
  const givesUpAt = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (answer === wanted || Date.now() > givesUpAt) return answer;
    await pause(500);
  }
}

/** Everything is up again, the outbox is empty, and sealed enrolments have been closed. */
async function untilQuiet(db: Database): Promise<void> {
  const givesUpAt = Date.now() + 240_000;
  for (;;) {
    const left = await sql<{ left: number }>`
      select (select count(*) from outbox)::int + (select count(*) from enrolments where state = 'sealed')::int as left
    `
      .execute(db)
      .then(({ rows }) => rows[0]?.left ?? 0)
      .catch(() => -1);
    if (left === 0) return;
    if (Date.now() > givesUpAt) throw new Error(`${left} rows are still waiting after four minutes`);
    await pause(500);
  }
}
