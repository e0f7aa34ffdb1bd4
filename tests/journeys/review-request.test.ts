import { beforeEach, describe, expect, test } from 'vitest';
import type { EventData } from '../../domain/events/catalogue.ts';
import type { World, WorldEvent } from '../../simulation/world.ts';
import { createShop, mug, tea, type Shop, type Somebody } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

type Line = EventData<'order.placed'>['lines'][number];
type Units = EventData<'order.refunded'>['lines'];

const openWorld = useWorlds({ only: ['review-request'] });

let world: World;
let shop: Shop;

/** A Monday in March, at nine in London. */
beforeEach(async () => {
  world = await openWorld('2026-03-02T09:00:00Z');
  shop = createShop(world);
  await shop.open();
});

const teas = [{ variant: 'tea', quantity: 2 }];
const mugs = [{ variant: 'mug', quantity: 1 }];
const orderId = 'order-1';
const customerId = 'mina';

function parcel(
  type: 'shipment.created' | 'shipment.delivered',
  shipmentId = 's-1',
  lines?: Units,
): WorldEvent {
  return { type, customerId, data: { shipmentId, orderId, ...(lines && { lines }) } };
}

const refunded = (amount: number, lines: Units): WorldEvent => ({
  type: 'order.refunded',
  customerId,
  data: { orderId, amount: { amount, currency: 'GBP' }, ...(lines && { lines }) },
});

/** Mina orders, and the order leaves the house. */
async function ship(lines: readonly Line[] = [tea, mug], somebody: Somebody = {}): Promise<void> {
  await shop.greet(customerId, somebody);
  await world.track([shop.order(customerId, { lines }), parcel('shipment.created')]);
}

/** The same, and it arrives two days later. */
async function deliver(lines?: readonly Line[], somebody?: Somebody): Promise<void> {
  await ship(lines, somebody);
  await world.advance('2 days');
  await world.track(parcel('shipment.delivered'));
}

const lastText = () => world.outbox().at(-1)?.text ?? '';
const lastSubject = () => world.outbox().at(-1)?.subject ?? '';
const whenAsked = () => shop.received().map((line) => line.split(' by ')[0]);

describe('a request for a review', () => {
  test('comes a week after the delivery, and a reminder a week after that, and no more', async () => {
    await deliver();
    await world.advance('60 days');
    expect(shop.received()).toEqual([
      '2026-03-11T09:00 review-request by email to mina@example.com',
      '2026-03-18T09:00 review-reminder by email to mina@example.com',
    ]);
    expect(await shop.ends()).toEqual(['review-request: not-reviewed']);
  });

  test.each([
    ['Food & drink', '2026-03-08T09:00'],
    ['Electronics', '2026-03-18T09:00'],
    ['스킨케어', '2026-03-25T09:00'],
    ['Kitchen', '2026-03-11T09:00'],
  ])('leaves %s the time it takes to try it', async (category, at) => {
    await world.track(shop.product('tea', { category }));
    await deliver([tea]);
    await world.advance('30 days');
    expect(whenAsked()[0]).toBe(`${at} review-request`);
  });

  test('waits for what takes longest to try, but not for what was refunded or given away', async () => {
    await world.track([
      shop.product('tea', { category: 'Food & drink' }),
      shop.product('mug', { category: 'Skincare' }),
      shop.product('gift', { category: 'Electronics', title: 'A lamp' }),
    ]);
    await ship([tea, mug, { ...tea, variant: 'gift', gift: true }]);
    await world.track(refunded(100, mugs));
    await world.advance('2 days');
    await world.track(parcel('shipment.delivered'));
    await world.advance('30 days');
    expect(whenAsked()[0]).toBe('2026-03-08T09:00 review-request');
  });

  test('comes a fortnight after it was shipped when nobody tells of a delivery', async () => {
    await ship();
    await world.advance('13 days');
    expect(shop.received()).toEqual([]);
    await world.advance('1 day');
    expect(whenAsked()).toEqual(['2026-03-16T09:00 review-request']);
  });

  test('also comes when the delivery is the first that is told of the parcel', async () => {
    await shop.greet(customerId);
    await world.track([shop.order(customerId), parcel('shipment.delivered')]);
    await world.advance('8 days');
    expect(whenAsked()).toEqual(['2026-03-09T09:00 review-request']);
  });

  test('does not come for an order that has not left the house', async () => {
    await shop.greet(customerId);
    await world.track(shop.order(customerId));
    await world.advance('60 days');
    expect(await shop.ends()).toEqual([]);
  });

  test('speaks Korean to a Korean customer', async () => {
    await deliver([tea], { locale: 'ko-KR', familyName: '김', givenName: '민아', timeZone: 'Asia/Seoul' });
    await world.advance('8 days');
    expect(lastSubject()).toContain('녹차, 써 보시니 어떠셨나요?');
    expect(lastText()).toContain('김민아님');
  });

  test('has a link to rate each line, and one for all of them', async () => {
    await deliver();
    await world.advance('8 days');
    const links = lastText().match(/https:\/\/shop\.example\/r\/[\w-]{48}/g) ?? [];
    expect(new Set(links).size).toBe(3);
    expect(world.outbox()[0]?.html).toContain('?stars=5');
  });
});

describe('an order in several parcels', () => {
  test('is asked about once, when all of it has been tried', async () => {
    await shop.greet(customerId);
    await world.track([
      shop.order(customerId, { lines: [tea, mug] }),
      parcel('shipment.created', 's-1', teas),
      parcel('shipment.created', 's-2', mugs),
    ]);
    await world.advance('1 day');
    await world.track(parcel('shipment.delivered', 's-1'));
    await world.advance('5 days');
    await world.track(parcel('shipment.delivered', 's-2'));
    await world.advance('60 days');
    expect(whenAsked()).toEqual(['2026-03-15T09:00 review-request', '2026-03-22T09:00 review-reminder']);
    expect(world.outbox()[0]?.text).toMatch(/Green tea[\s\S]*Blue mug/);
  });

  test('is asked about without the parcel that is still on its way after a fortnight', async () => {
    await shop.greet(customerId);
    await world.track([
      shop.order(customerId, { lines: [tea, mug] }),
      parcel('shipment.created', 's-1', teas),
      parcel('shipment.created', 's-2', mugs),
    ]);
    await world.track(parcel('shipment.delivered', 's-1'));
    await world.advance('30 days');
    expect(whenAsked()[0]).toBe('2026-03-23T09:00 review-request');
    expect(lastText()).toContain('Green tea');
    expect(lastText()).not.toContain('Blue mug');
  });
});

describe('a request leaves out', () => {
  test('gifts, and lines that were refunded or came back', async () => {
    await deliver([tea, { ...mug, gift: true }, { ...mug, variant: 'bowl' }]);
    await world.track([
      shop.product('bowl', { title: 'White bowl' }),
      refunded(100, [{ variant: 'bowl', quantity: 1 }]),
    ]);
    await world.advance('8 days');
    expect(lastText()).toContain('Green tea');
    expect(lastText()).not.toMatch(/mug|bowl/);
  });

  test('nothing, and is not sent, when everything was a gift', async () => {
    await deliver([{ ...tea, gift: true }]);
    await world.advance('30 days');
    expect(await shop.withheld()).toEqual(['review-request#1 skipped: nothing-to-say']);
  });

  test('age-restricted and sensitive products in its subject, but not in its letter', async () => {
    await world.track(shop.product('tea', { sensitive: true }));
    await deliver([tea]);
    await world.advance('8 days');
    expect(lastSubject()).toBe('How do you like what you chose?');
    expect(lastText()).toContain('Green tea');
  });
});

const review = (data: Partial<EventData<'review.submitted'>>): WorldEvent => ({
  type: 'review.submitted',
  customerId,
  data: { stars: 5, ...data },
});
const returned: WorldEvent = { type: 'return.opened', customerId, data: { returnId: 'r-1', orderId } };
const complained: WorldEvent = { type: 'complaint.opened', customerId, data: { id: 'c-1' } };
const scored = (score: number): WorldEvent => ({
  type: 'feedback.submitted',
  customerId,
  data: { orderId, score },
});

describe('nobody is asked any more', () => {
  test.each<[string, WorldEvent, string]>([
    ['after a review of the order', review({ orderId }), 'review.submitted'],
    ['after a review on the product’s page', review({ variant: 'mug', stars: 2 }), 'review.submitted'],
    ['once a return was opened', returned, 'return.opened'],
    ['once they have complained', complained, 'complaint.opened'],
    ['after a score of three', scored(3), 'feedback.submitted'],
    ['after a cancel', { type: 'order.cancelled', customerId, data: { orderId } }, 'order.cancelled'],
    ['after a full refund', refunded(900, undefined), 'order.refunded'],
  ])('%s, before the request or before the reminder', async (_, event, reason) => {
    await deliver();
    await world.track(event);
    await world.advance('60 days');
    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual([`review-request: ${reason}`]);
  });

  test('after a review that comes between the request and the reminder', async () => {
    await deliver();
    await world.advance('10 days');
    await world.track(review({ orderId }));
    await world.advance('60 days');
    expect(whenAsked()).toEqual(['2026-03-11T09:00 review-request']);
  });

  test('who has opted out of marketing', async () => {
    await deliver();
    await world.track(shop.consent(customerId, 'all', 'withdrawn'));
    await world.advance('60 days');
    expect(await shop.ends()).toEqual(['review-request: no-consent']);
  });

  test('who buys for a business', async () => {
    await deliver([tea], { kind: 'business' });
    await world.advance('30 days');
    expect(await shop.ends()).toEqual([]);
  });

  test('about an order of history', async () => {
    await shop.greet(customerId);
    await world.track([
      { ...shop.order(customerId), backfill: true },
      { ...parcel('shipment.delivered'), backfill: true },
    ]);
    await world.advance('30 days');
    expect(await shop.ends()).toEqual([]);
  });
});

describe('a request still comes', () => {
  test.each<[string, WorldEvent]>([
    ['after a score of four', scored(4)],
    ['after a partial refund', refunded(450, teas)],
    [
      'after a return of another order',
      { type: 'return.opened', customerId, data: { returnId: 'r-1', orderId: 'another' } },
    ],
    ['after a review of another order', review({ orderId: 'another' })],
  ])('%s', async (_, event) => {
    await deliver();
    await world.track(event);
    await world.advance('8 days');
    expect(whenAsked()).toEqual(['2026-03-11T09:00 review-request']);
  });
});
