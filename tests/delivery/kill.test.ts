import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOutbox } from '../../delivery/channels/outbox/create-outbox.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { openDeliveryShop, requestOf, type DeliveryShop } from './delivery-shop.ts';

let shop: DeliveryShop;
let folder: string;

beforeAll(async () => {
  shop = await openDeliveryShop();
  folder = await mkdtemp(join(tmpdir(), 'outbox-'));
});
afterAll(async () => {
  await shop.close();
  await rm(folder, { recursive: true });
});

/** Delivers in a process of its own that kills itself on the way. */
async function deliverAndDie(request: SendRequest, when: 'before' | 'after'): Promise<void> {
  const script = fileURLToPath(new URL('./dying-worker.ts', import.meta.url));
  const args = ['--import', 'tsx', script, shop.url, folder, when, JSON.stringify(request)];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [, signal] = await once(worker, 'exit');
  expect(signal).toBe('SIGKILL');
}

const minuteLater = { now: () => Date.now() + 60_000 };

describe('a process killed with kill -9 between its point of no return and its record', () => {
  it.each(['before', 'after'] as const)('%s the provider had it: it arrives, once', async (when) => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    await deliverAndDie(request, when);
    const row = await shop.row(request);
    expect(row.state).toBe('sending');

    const channels = createOutbox({ folder });
    await expect(shop.anotherDeliver({ channels })([request])).rejects.toMatchObject({
      code: 'delivery-in-flight',
    });
    const afterLease = shop.anotherDeliver({ channels, wall: minuteLater });
    expect(await afterLease([request])).toEqual([{ status: 'sent', channel: 'email', delivery: row.id }]);
    expect((await readdir(folder)).filter((name) => name === `${row.id}.eml`)).toHaveLength(1);
    const attempts = await shop.db
      .selectFrom('delivery_attempts')
      .select('state')
      .where('delivery_id', '=', row.id)
      .execute();
    expect(attempts).toHaveLength(when === 'before' ? 2 : 1);
  });
});
