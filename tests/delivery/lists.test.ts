import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accepted } from '../../delivery/channels/channel.ts';
import { createDeliverEach, unlessAgain } from '../../delivery/deliver.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import { defineMessage } from '../../domain/message.ts';
import {
  campaignRequestOf,
  listeningChannel,
  openDeliveryShop,
  requestOf,
  testMessages,
} from './delivery-shop.ts';

let shop: Awaited<ReturnType<typeof openDeliveryShop>>;

beforeEach(async () => {
  shop = await openDeliveryShop();
});
afterEach(() => shop.close());

async function campaignOf(size: number): Promise<readonly SendRequest[]> {
  const occurrence = await shop.occurrence();
  const requests: SendRequest[] = [];
  for (let count = 0; count < size; count += 1) {
    requests.push(campaignRequestOf(await shop.recipient(occurrence, await shop.customer())));
  }
  return requests;
}

/** A permit at a time, and none of them early or late. */
const onePermitAtATime = {
  limits: () => true,
  noteCrossing: () => undefined,
  take: async () => [{ from: performance.now(), until: performance.now() + 60_000 }],
};

describe('a list', () => {
  it('says of each request what became of it, though one of them cannot be written', async () => {
    const { reminder } = testMessages;
    const faulty = defineMessage({
      ...reminder,
      load: async ({ say }) => {
        if (say === 'oops') throw new TypeError('no such product');
        return { data: { say } };
      },
    });
    const deliverEach = createDeliverEach({ ...shop.deps, messages: { ...testMessages, reminder: faulty } });
    const [first, second] = await campaignOf(2);
    const requests = [{ ...first!, input: { say: 'oops' } }, second!];
    expect(await deliverEach(requests)).toMatchObject([
      { status: 'again', error: { message: 'no such product' } },
      { status: 'sent' },
    ]);
    await expect(unlessAgain(deliverEach)(requests)).rejects.toThrow('no such product');
  });

  it('goes on under a limit for its turn, and what is left comes again', async () => {
    const deliverEach = createDeliverEach({ ...shop.deps, permits: onePermitAtATime, listTurnMs: 0 });
    const requests = await campaignOf(3);
    const delivered = await deliverEach(requests);
    expect(delivered).toMatchObject([
      { status: 'again', error: { code: 'rate-limited' } },
      { status: 'again', error: { code: 'rate-limited' } },
      { status: 'again', error: { code: 'rate-limited' } },
    ]);
    expect(shop.email.heard).toEqual([]);
  });

  it('is not cut short within its turn, nor without a limit', async () => {
    const requests = await campaignOf(3);
    const limited = createDeliverEach({ ...shop.deps, permits: onePermitAtATime });
    expect((await limited(requests.slice(0, 2))).every(({ status }) => status === 'sent')).toBe(true);
    const unlimited = createDeliverEach({ ...shop.deps, listTurnMs: 0 });
    expect(await unlimited(requests)).toMatchObject([
      { status: 'sent' },
      { status: 'sent' },
      { status: 'sent' },
    ]);
  });

  it('holds no more words than may leave within some seconds', async () => {
    let written = 0;
    let most = 0;
    const email = listeningChannel('email', async ({ sendId }) => accepted(sendId));
    const counting = defineMessage({
      ...testMessages.reminder,
      load: async ({ say }) => {
        written += 1;
        most = Math.max(most, written - email.heard.length);
        return { data: { say } };
      },
    });
    const deliverEach = createDeliverEach({
      ...shop.deps,
      channels: [email],
      messages: { ...testMessages, reminder: counting },
      permits: onePermitAtATime,
      shop: {
        ...shop.deps.shop,
        limits: { sendgrid: { perSecond: 0.4 }, [email.connection]: { perSecond: 0.4 } },
      },
    });
    await deliverEach(await campaignOf(6));
    expect(written).toBe(6);
    expect(most).toBe(2);
  });
});

describe('a process that is stopping', () => {
  const stopping = AbortSignal.abort();

  it('lets go of what has not left yet of a list, limit or none', async () => {
    const requests = await campaignOf(2);
    const deliverEach = createDeliverEach({ ...shop.deps, stopping });
    const again = { status: 'again', error: { code: 'temporarily-unavailable', retryable: true } };
    expect(await deliverEach(requests)).toMatchObject([again, again]);
    expect(shop.email.heard).toEqual([]);
    expect(await shop.deliver(requests)).toMatchObject([{ status: 'sent' }, { status: 'sent' }]);
  });

  it('finishes the message of a journey that it has in hand', async () => {
    const request = requestOf(await shop.enrolment(await shop.customer()));
    expect(await shop.anotherDeliver({ stopping })([request])).toMatchObject([{ status: 'sent' }]);
  });
});
