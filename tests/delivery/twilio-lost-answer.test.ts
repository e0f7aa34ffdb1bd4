import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { Channel } from '../../delivery/channels/channel.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { smsTo } from '../channels/twilio-channels.ts';
import { turnstile } from '../kit/turnstile.ts';
import { startTwilioServer, type TwilioServer } from '../kit/twilio-server.ts';
import { openDeliveryShop, requestOf, tenOClock, type DeliveryShop } from './delivery-shop.ts';

/** Workers that die between Twilio's answer and the ledger; the callbacks that would settle it are lost as well. */
let shop: DeliveryShop;
let twilio: TwilioServer;
let channel: Channel;
beforeAll(async () => {
  shop = await openDeliveryShop();
  twilio = await startTwilioServer({ callbacks: 'never', now: () => tenOClock });
  channel = smsTo(twilio);
});
afterAll(async () => {
  await twilio.close();
  await shop.close();
});

const wall = { now: () => Date.parse('2026-01-01T00:00:00Z') };
const afterTheLease = { now: () => wall.now() + 46_000 };
let line = 100;
let phone: string;
beforeEach(() => {
  line += 1;
  phone = `+447700900${line}`;
});

async function requestTo(number: string, message: 'reminder' | 'receipt' = 'receipt'): Promise<SendRequest> {
  const customer = await shop.customer({
    email: null,
    phone: number,
    timeZone: 'Europe/London',
    country: 'GB',
  });
  return requestOf(await shop.enrolment(customer), { message });
}

/** Hands a message to Twilio and gives the worker up before it has written the answer down. */
async function handOverAndDie(request: SendRequest) {
  const before = twilio.taken.length;
  const late = turnstile();
  const deaf: Channel = {
    ...channel,
    async send(outgoing, signal) {
      const acceptance = await channel.send(outgoing, signal);
      await late.passed;
      return acceptance;
    },
  };
  const dying = shop
    .anotherDeliver({ channels: [deaf], wall })([request])
    .catch((error: unknown) => error);
  await vi.waitUntil(() => twilio.taken.length > before, { timeout: 5000 });
  return async () => {
    late.open();
    await dying;
  };
}

/** What becomes of a receipt, of class `must`, without proof. */
const waitsForEvidence = { status: 'deferred', reason: 'provider-busy' };
const restart = () => shop.anotherDeliver({ channels: [channel], wall: afterTheLease });

it.each(['reminder', 'receipt'] as const)(
  'is settled by what Twilio has, and not sent again: %s',
  async (message) => {
    const request = await requestTo(phone, message);
    const end = await handOverAndDie(request);
    expect(await restart()([request])).toMatchObject([{ status: 'sent', channel: 'sms' }]);
    expect((await shop.row(request)).provider_id).toBe(twilio.taken.at(-1)?.sid);
    expect(twilio.taken.filter(({ to }) => to === phone)).toHaveLength(1);
    await end();
  },
);

it('is not settled when two people with one number and one text are in doubt', async () => {
  const first = await requestTo(phone);
  const second = await requestTo(phone);
  const ends = [await handOverAndDie(first), await handOverAndDie(second)];
  expect(await restart()([first])).toMatchObject([waitsForEvidence]);
  expect(twilio.taken.filter(({ to }) => to === phone)).toHaveLength(2);
  for (const end of ends) await end();
});

it('does not take the answer to another message for its own', async () => {
  const sent = await requestTo(phone);
  expect(await restart()([sent])).toMatchObject([{ status: 'sent' }]);
  const lost = await requestTo(phone);
  // Twilio never got the second one.
  const late = turnstile();
  const heard = vi.fn(async () => {
    await late.passed;
    return { kind: 'ambiguous', error: 'late' } as const;
  });
  const dying = shop
    .anotherDeliver({ channels: [{ ...channel, send: heard }], wall })([lost])
    .catch((error: unknown) => error);
  await vi.waitUntil(() => heard.mock.calls.length > 0, { timeout: 5000 });
  expect(await restart()([lost])).toMatchObject([waitsForEvidence]);
  late.open();
  await dying;
});
