import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accepted, ambiguous, type Channel } from '../../delivery/channels/channel.ts';
import { createDeliver } from '../../delivery/deliver.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { hour, listeningChannel, openDeliveryShop, requestOf, type DeliveryShop } from './delivery-shop.ts';

/** A provider that remembers keys: it sends a message once, and answers a repetition as it answered the first. */
let shop: DeliveryShop;
let provider: Server;
let url: string;
const sent = new Map<string, number>();
let requests = 0;
/** What it does to the next requests: takes the message and says so, takes it and hangs up, or hangs up. */
let moods: ('answer' | 'hang-up-after' | 'hang-up-before')[] = [];

beforeAll(async () => {
  shop = await openDeliveryShop();
  provider = createServer((request, response) => {
    requests += 1;
    const mood = moods.shift() ?? 'answer';
    const key = String(request.headers['idempotency-key']);
    if (mood !== 'hang-up-before') sent.set(key, 1);
    if (mood === 'answer') response.writeHead(202).end();
    else request.socket.destroy();
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => provider.close(resolve));
  await shop.close();
});
beforeEach(() => {
  sent.clear();
  requests = 0;
  moods = [];
});

function keeping(idempotencyMs: number | undefined, connection = 'keeping'): Channel {
  return {
    connection,
    medium: 'email',
    ...(idempotencyMs === undefined ? {} : { idempotencyMs }),
    async send({ sendId }) {
      try {
        await fetch(url, { method: 'POST', headers: { 'idempotency-key': sendId } });
        return accepted(sendId);
      } catch {
        return ambiguous('hung up');
      }
    },
  };
}

/** Delivers as a run does: whenever it is told to come back, it does. */
async function deliverUntilDone(channel: Channel, request: SendRequest, others: readonly Channel[] = []) {
  const deliver = createDeliver({ ...shop.deps, channels: [channel, ...others] });
  for (let tries = 0; tries < 30; tries += 1) {
    const [outcome] = await deliver([request]);
    if (outcome?.status !== 'deferred') return outcome;
    shop.clock.time = outcome.until;
  }
  throw new Error('it never ended');
}

const newNotice = async () => requestOf(await shop.enrolment(await shop.customer()), { message: 'notice' });

describe('a message of class keyed whose answer was lost', () => {
  it('is asked for again under the same key, and arrives once', async () => {
    moods = ['hang-up-after', 'hang-up-before', 'hang-up-after'];
    expect(await deliverUntilDone(keeping(24 * hour), await newNotice())).toMatchObject({ status: 'sent' });
    expect(requests).toBe(4);
    expect([...sent.values()]).toEqual([1]);
  });

  it('is left alone when the provider has forgotten the key by then', async () => {
    moods = Array.from({ length: 20 }, () => 'hang-up-after' as const);
    expect(await deliverUntilDone(keeping(hour / 2), await newNotice())).toEqual({ status: 'unknown' });
    // 5, 10, 20, 40, 80, 160, 320 and 600 seconds, and not a second beyond the half hour.
    expect(requests).toBeGreaterThan(5);
    const again = await createDeliver({ ...shop.deps, channels: [keeping(hour / 2)] })([await newNotice()]);
    expect(again).toMatchObject([{ status: 'deferred' }]);
  });

  it('is left alone when a run comes back late, after the window', async () => {
    moods = ['hang-up-after'];
    const request = await newNotice();
    const deliver = createDeliver({ ...shop.deps, channels: [keeping(hour)] });
    expect(await deliver([request])).toMatchObject([{ status: 'deferred', reason: 'provider-busy' }]);
    shop.clock.time += hour;
    expect(await deliver([request])).toEqual([{ status: 'unknown' }]);
    expect(requests).toBe(1);
  });

  it('is as class once with a provider that keeps no keys', async () => {
    moods = ['hang-up-after'];
    expect(await deliverUntilDone(keeping(undefined), await newNotice())).toEqual({ status: 'unknown' });
    expect(requests).toBe(1);
  });

  it('goes by no other connection, which would not know the key', async () => {
    moods = ['hang-up-after'];
    const request = await newNotice();
    const [first] = await createDeliver({ ...shop.deps, channels: [keeping(hour)] })([request]);
    expect(first).toMatchObject({ status: 'deferred' });
    shop.clock.time += 10_000;
    const other = listeningChannel('email');
    expect(await createDeliver({ ...shop.deps, channels: [other] })([request])).toEqual([
      { status: 'unknown' },
    ]);
    expect(other.heard).toEqual([]);
  });
});
