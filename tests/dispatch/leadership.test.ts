import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLeadership, type Leadership } from '../../dispatch/leadership.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { createStallingProxy } from './stalling-proxy.ts';

let database: TestDatabase;
let network: Awaited<ReturnType<typeof createStallingProxy>>;
let far: Leadership;
let near: Leadership;

beforeEach(async () => {
  database = await createTestDatabase();
  network = await createStallingProxy(database.url);
  far = createLeadership({ url: network.url, patienceMs: 300 });
  near = createLeadership({ url: database.url });
});
afterEach(async () => {
  await Promise.all([far.release(), near.release()]);
  await network.close();
  await database.close();
});

describe('the lead', () => {
  test('is held by one of two, and passes on when it is given up', async () => {
    expect(await far.acquire()).toBe(true);
    expect(await near.acquire()).toBe(false);
    await far.release();
    await expect.poll(() => near.acquire()).toBe(true);
  });

  test('is lost when the connection stalls, and does not stay locked when the network comes back', async () => {
    await far.acquire();
    network.stall();
    await expect.poll(() => far.held, { timeout: 3_000 }).toBe(false);

    network.goOn();

    await expect.poll(() => near.acquire(), { timeout: 3_000 }).toBe(true);
    expect(await far.acquire()).toBe(false);
  });

  test('can be taken again by the process that lost it', async () => {
    await far.acquire();
    network.stall();
    await expect.poll(() => far.held, { timeout: 3_000 }).toBe(false);
    network.goOn();
    await expect.poll(() => far.acquire(), { timeout: 3_000 }).toBe(true);
  });

  test('is not lost by a stall that is shorter than the patience', async () => {
    await far.acquire();
    network.stall();
    await sleep(100);
    network.goOn();
    await sleep(700);
    expect(far.held).toBe(true);
    expect(await near.acquire()).toBe(false);
  });

  test('can be given up on a network that does not answer, without waiting for it', async () => {
    await far.acquire();
    network.stall();
    const before = Date.now();
    await far.release();
    expect(Date.now() - before).toBeLessThan(2_500);
    network.goOn();
  });
});
