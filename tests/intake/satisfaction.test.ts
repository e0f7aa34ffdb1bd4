import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contentsOf } from '../../domain/order-units.ts';
import { listOpenComplaints } from '../../store/complaints.ts';
import { loadOrders } from '../../store/orders.ts';
import { loadShipments } from '../../store/shipments.ts';
import { findKept } from './doorstep-shop.ts';
import { at, heart, hours, journeys, minutes, mug, openShop, order, type Shop } from './shop.ts';

const thankYou = {
  name: 'thank-you',
  version: 1,
  startsOn: 'order.paid',
  key: (paid: { customer: string; day: string }) => `${paid.customer}/${paid.day}`,
  endsOn: [],
  reentry: 'once-per-key',
};

let shop: Shop;

beforeEach(async () => {
  shop = await openShop(journeys(thankYou));
});
afterEach(async () => {
  await shop.close();
});

async function orderIdOf(orderId: string): Promise<string> {
  const row = await shop.db
    .selectFrom('orders')
    .select('id')
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
  return row.id;
}

const readOrders = (orderId: string) => shop.db.transaction().execute((trx) => loadOrders(trx, [orderId]));

async function customer(): Promise<string> {
  const row = await shop.db
    .selectFrom('customers')
    .select('id')
    .where('state', '=', 'active')
    .where('external_id', '=', 'c')
    .executeTakeFirstOrThrow();
  return row.id;
}

describe('a review', () => {
  it('belongs to its order and line, and an edit takes its place', async () => {
    const lines = [
      { line: 'a', ...heart },
      { line: 'b', ...mug },
    ];
    const review = { orderId: 'o-1', reviewId: 'r-1', line: 'b' };
    await shop.tell(shop.event('order.placed', { ...order('o-1'), lines }));
    await shop.tell(shop.event('review.submitted', { ...review, stars: 2 }));
    shop.wait(minutes(5));
    await shop.tell(shop.event('review.submitted', { ...review, stars: 5 }));
    const reviews = shop.db.selectFrom('reviews').select(['order_id', 'shop_line', 'stars', 'at']);
    expect(await reviews.execute()).toEqual([
      { order_id: await orderIdOf('o-1'), shop_line: 'b', stars: 5, at: shop.now() },
    ]);
    expect((await findKept(shop, 'review.submitted'))[0]?.fact).toMatchObject({
      line: 2,
      variant: mug.variant,
    });
  });

  it('that names no order is about the newest one with the variant, and about none of somebody else', async () => {
    await shop.tell(shop.event('order.placed', order('o-1'), at(shop.now() - hours(9))));
    await shop.tell(shop.event('order.placed', order('o-2'), at(shop.now() - hours(5))));
    await shop.tell(shop.event('order.placed', { ...order('o-3'), lines: [mug] }));
    await shop.tell(
      shop.event('review.submitted', { variant: heart.variant, stars: 4 }),
      shop.event('review.submitted', { variant: heart.variant, stars: 4 }, { customerId: 'd' }),
    );
    const facts = (await findKept(shop, 'review.submitted')).map(({ fact }) => fact.order);
    expect(facts).toEqual([await orderIdOf('o-2'), undefined]);
  });
});

describe('feedback', () => {
  it('keeps the newest score, also when an older one comes late', async () => {
    await shop.tell(shop.event('feedback.submitted', { orderId: 'o-1', score: 2 }));
    await shop.tell(
      shop.event('feedback.submitted', { orderId: 'o-1', score: 5 }, at(shop.now() - hours(1))),
    );
    expect(await shop.db.selectFrom('feedback').selectAll().execute()).toEqual([
      { order_id: await orderIdOf('o-1'), score: 2, at: shop.now() },
    ]);
  });

  it('refuses a score beyond five', async () => {
    const beyond = shop.event('feedback.submitted', { orderId: 'o-1', score: 6 });
    await expect(shop.tell(beyond)).rejects.toThrow('data.score is 6');
  });
});

describe('a complaint', () => {
  const open = async () => (await listOpenComplaints(shop.db, { limit: 1 })).longest[0];

  it('is open until it is closed, and again when it is opened again', async () => {
    await shop.tell(shop.event('complaint.opened', { id: 'k', topic: 'late' }));
    expect(await open()).toMatchObject({ customer: 'c', topic: 'late', openedAt: shop.now() });
    shop.wait(hours(1));
    await shop.tell(shop.event('ticket.closed', { id: 'k' }));
    expect(await open()).toBeUndefined();
    shop.wait(hours(1));
    await shop.tell(shop.event('complaint.opened', { id: 'k' }));
    expect(await open()).toMatchObject({ openedAt: shop.now() });
  });

  it('is not open when it was closed before we heard of its opening', async () => {
    await shop.tell(shop.event('complaint.closed', { id: 'k' }));
    await shop.tell(shop.event('complaint.opened', { id: 'k' }, at(shop.now() - hours(2))));
    expect(await open()).toBeUndefined();
  });

  it('is not made of a ticket that nobody complained about', async () => {
    await shop.tell(shop.event('ticket.closed', { id: 'question-1' }));
    expect(await open()).toBeUndefined();
  });

  it('has one id in all of its events', async () => {
    await shop.tell(shop.event('complaint.opened', { id: 'k' }));
    await shop.tell(shop.event('complaint.closed', { id: 'k' }));
    const [opened] = await findKept(shop, 'complaint.opened');
    const [closed] = await findKept(shop, 'complaint.closed');
    expect(closed?.fact.complaint).toBe(opened?.fact.complaint);
  });
});

describe('a merge', () => {
  it('takes reviews and complaints along, and counts the orders of both', async () => {
    const guest = { customerId: 'guest' };
    await shop.tell(
      shop.event('order.placed', order('o-1'), { ...guest, ...at(shop.now() - hours(9)) }),
      shop.event('review.submitted', { orderId: 'o-1', stars: 1 }, guest),
      shop.event('complaint.opened', { id: 'k' }, guest),
      shop.event('order.placed', order('o-2')),
    );
    await shop.tell(shop.event('customer.merged', { from: 'guest', into: 'c' }));
    await shop.tell(shop.event('order.paid', { orderId: 'o-2' }));
    const me = await customer();
    expect((await findKept(shop, 'order.paid'))[0]?.fact).toMatchObject({ number: 2, customer: me });
    expect(await listOpenComplaints(shop.db, { limit: 1 })).toMatchObject({ longest: [{ customer: 'c' }] });
    const review = await shop.db.selectFrom('reviews').select('customer_id').executeTakeFirstOrThrow();
    expect(review.customer_id).toBe(me);
  });

  it('lets one person be in a journey of a day once, though both were in it', async () => {
    const paid = (orderId: string, customerId: string) => [
      shop.event('order.placed', order(orderId), { customerId }),
      shop.event('order.paid', { orderId }, { customerId }),
    ];
    await shop.tell(...paid('o-1', 'guest'), ...paid('o-2', 'c'));
    await shop.tell(shop.event('customer.merged', { from: 'guest', into: 'c' }));
    await shop.tell(...paid('o-3', 'c'));
    const states = (await shop.enrolments()).map(({ state }) => state).sort();
    expect(states).toEqual(['open', 'sealed']);
  });
});

describe('an erasure', () => {
  it("leaves nothing of the shop's own ids and of what the customer said", async () => {
    const secret = 'mina@example.com';
    const told = { orderId: `order of ${secret}` };
    await shop.tell(
      shop.event('order.placed', order(told.orderId)),
      shop.event('shipment.delivered', { ...told, shipmentId: `parcel of ${secret}` }),
      shop.event('return.opened', { ...told, returnId: `return of ${secret}` }),
      shop.event('review.submitted', { ...told, reviewId: `review of ${secret}`, stars: 1, text: secret }),
      shop.event('complaint.opened', { id: `complaint of ${secret}`, topic: secret }),
      shop.event('feedback.submitted', { ...told, score: 1, comment: secret }),
    );
    await shop.tell(shop.event('customer.erased', {}));
    for (const table of ['orders', 'shipments', 'returns', 'reviews', 'complaints', 'events'] as const) {
      const rows = await shop.db.selectFrom(table).selectAll().execute();
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toContain(secret);
    }
  });
});

describe('an order', () => {
  it('shows its lines and parcels as of now', async () => {
    const lines = [heart, { ...mug, gift: true }];
    await shop.tell(
      shop.event('order.placed', { ...order('o-1'), lines }),
      shop.event('order.paid', { orderId: 'o-1' }),
    );
    const parcel = { orderId: 'o-1', shipmentId: 's-1' };
    const amount = { amount: 255, currency: 'GBP' };
    const units = [{ variant: heart.variant, quantity: 1 }];
    await shop.tell(
      shop.event('shipment.created', { ...parcel, lines: units, eta: '2026-03-05T17:00:00Z' }),
      shop.event('shipment.created', { ...parcel, shipmentId: 's-2' }),
      shop.event('order.refunded', { orderId: 'o-1', amount, lines: units }),
    );
    const id = await orderIdOf('o-1');
    const [found] = await readOrders('o-1');
    expect(found).toMatchObject({
      id,
      customer: await customer(),
      state: 'paid',
      refunded: 255,
      lines: [
        { line: 1, quantity: 2, refunded: 1, shipped: 2, gift: false, price: heart.price },
        { line: 2, quantity: 1, refunded: 0, shipped: 1, gift: true },
      ],
    });
    const parcels = await loadShipments(shop.db, [id]);
    expect(parcels.map(({ eta }) => eta)).toEqual([Date.parse('2026-03-05T17:00:00Z'), null]);
    const contents = contentsOf(
      found?.lines ?? [],
      parcels.map(({ lines: units }) => units),
    );
    // What is in the second parcel was not told: it is what the first one left.
    expect(contents.map((units) => Object.fromEntries(units))).toEqual([{ 1: 1 }, { 1: 1, 2: 1 }]);
  });

  it('does not know an order that never was', async () => {
    expect(await readOrders('never')).toEqual([]);
  });
});
