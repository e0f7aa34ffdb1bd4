import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSendgrid, type SendgridChannel } from '../../delivery/channels/email/create-sendgrid.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { openDeliveryShop, requestOf, type DeliveryShop } from '../delivery/delivery-shop.ts';
import { startSendgridServer, type SendgridMood, type SendgridServer } from '../kit/sendgrid-server.ts';
import { turnstile } from '../kit/turnstile.ts';

const minute = 60_000;

let server: SendgridServer;
let sendgrid: SendgridChannel;
let shop: DeliveryShop;
beforeEach(async () => {
  server = await startSendgridServer({ now: () => shop.clock.time });
  sendgrid = createSendgrid({ apiKey: server.apiKey, baseUrl: server.url, timeoutMs: 1000 });
  shop = await openDeliveryShop({ channels: [sendgrid] });
});
afterEach(async () => {
  sendgrid.close();
  await Promise.all([server.close(), shop.close()]);
});

const newRequest = async (message = 'reminder'): Promise<SendRequest> =>
  requestOf(await shop.enrolment(await shop.customer()), { message });

describe('a message over SendGrid', () => {
  it('is kept with the id under which its receipts come', async () => {
    const request = await newRequest();
    expect(await shop.deliver([request])).toMatchObject([{ status: 'sent', channel: 'email' }]);
    const row = await shop.row(request);
    const [mail] = server.taken;
    expect(mail?.sendId).toBe(row.id);
    expect(row).toMatchObject({ connection: 'sendgrid', provider_id: mail?.id, state: 'accepted' });
    expect(mail?.body.categories).toEqual(['abandoned-cart', request.step]);
  });

  const lostAfterTaking: SendgridMood[] = ['reset-after', 'fail-after', 'truncate-after', 'no-id-after'];
  it.each(lostAfterTaking)('of class once is never sent twice: %s', async (mood) => {
    const request = await newRequest();
    server.setMood(mood, 'accept');
    expect(await shop.deliver([request])).toEqual([{ status: 'unknown' }]);
    expect(await shop.deliver([request])).toEqual([{ status: 'unknown' }]);
    expect(server.requests).toBe(1);
  });

  it('of class must is sent once more after silence, and no more', async () => {
    const request = await newRequest('receipt');
    server.setMood('reset-before');
    expect(await shop.deliver([request])).toMatchObject([{ status: 'deferred' }]);
    shop.clock.time += 15 * minute;
    expect(await shop.deliver([request])).toEqual([{ status: 'unknown' }]);
    shop.clock.time += 15 * minute;
    expect(await shop.deliver([request])).toEqual([{ status: 'unknown' }]);
    expect(server.requests).toBe(2);
  });

  it('of class must is not sent again when the logs have it', async () => {
    const request = await newRequest('receipt');
    server.setMood('reset-after', 'accept');
    expect(await shop.deliver([request])).toMatchObject([{ status: 'deferred' }]);
    shop.clock.time += 15 * minute;
    expect(await shop.deliver([request])).toMatchObject([{ status: 'sent', channel: 'email' }]);
    expect(server.requests).toBe(1);
  });

  it('waits for an account that is mended, and then leaves once', async () => {
    const request = await newRequest();
    server.setMood({ refuse: 401 }, 'throttle', 'accept');
    for (const _ of ['a wrong key', 'too many requests']) {
      expect(await shop.deliver([request])).toMatchObject([{ status: 'deferred', reason: 'provider-busy' }]);
      shop.clock.time += minute;
    }
    expect(await shop.deliver([request])).toMatchObject([{ status: 'sent' }]);
    expect(server.taken).toHaveLength(1);
  });

  it('is found again when its worker died with the answer', async () => {
    const request = await newRequest();
    const never = turnstile();
    const dies: typeof sendgrid.send = async (outgoing, signal) => {
      const answer = await sendgrid.send(outgoing, signal);
      await never.passed;
      return answer;
    };
    const wall = { time: Date.now(), now: () => wall.time };
    const dying = shop.anotherDeliver({ channels: [{ ...sendgrid, send: dies }], wall })([request]);
    await vi.waitUntil(() => server.taken.length > 0, { timeout: 5000 });
    const after = shop.anotherDeliver({ wall: { now: () => wall.time + minute } });
    expect(await after([request])).toMatchObject([{ status: 'sent', channel: 'email' }]);
    expect((await shop.row(request)).provider_id).toBe(server.taken[0]?.id);
    expect(server.requests).toBe(1);
    never.open();
    await dying;
  });
});

describe('a hundred messages, of which every third meets an accident', () => {
  it.each([1, 2])('are told by the ledger as the provider has them: seed %i', async (seed) => {
    await server.close();
    server = await startSendgridServer({ mishaps: { share: 0.35, seed } });
    sendgrid.close();
    sendgrid = createSendgrid({ apiKey: server.apiKey, baseUrl: server.url, timeoutMs: 1000 });
    const deliver = shop.anotherDeliver({ channels: [sendgrid] });
    const requests = await Promise.all(
      Array.from({ length: 100 }, (_, index) => newRequest(index % 2 === 0 ? 'reminder' : 'receipt')),
    );
    let waiting = requests;
    for (let round = 0; round < 30 && waiting.length > 0; round += 1) {
      const outcomes = await deliver(waiting);
      waiting = waiting.filter((_, index) => outcomes[index]?.status === 'deferred');
      shop.clock.time += 15 * minute;
    }

    for (const request of requests) {
      const { id, state, provider_id: providerId } = await shop.row(request);
      const taken = server.taken.filter(({ sendId }) => sendId === id);
      const most = request.message === 'reminder' ? 1 : 2;
      expect(taken.length, `${request.message} ${state}`).toBeLessThanOrEqual(most);
      expect(['accepted', 'unknown', 'failed'], `${request.message} ${state}`).toContain(state);
      if (state === 'accepted') expect(taken.map((mail) => mail.id)).toContain(providerId);
      if (state === 'failed') expect(taken).toEqual([]);
    }
    expect(new Set(server.taken.map(({ to }) => to)).size).toBeLessThanOrEqual(100);
  });
});
