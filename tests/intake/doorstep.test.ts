import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findKept, onDoorstep, openDoorstepShop, type DoorstepShop } from './doorstep-shop.ts';
import { at, heart, hours, journeys, mug } from './shop.ts';

let shop: DoorstepShop;

beforeEach(async () => {
  shop = await openDoorstepShop();
});
afterEach(async () => {
  await shop.close();
});

const placed = (orderId = 'o-1') =>
  shop.event('order.placed', {
    orderId,
    lines: [
      { line: 'a', ...heart, quantity: 2 },
      { line: 'b', ...mug, quantity: 1, gift: true },
    ],
    total: { amount: 1360, currency: 'GBP' },
  });
const hearts = [{ variant: heart.variant, quantity: 2 }];
const mugs = [{ variant: mug.variant, quantity: 1 }];
const parcel = (shipmentId: string, lines?: readonly { variant: string; quantity: number }[]) => ({
  shipmentId,
  orderId: 'o-1',
  ...(lines === undefined ? {} : { lines: [...lines] }),
});

describe('an order on its way', () => {
  it('is shipped with the first word about each parcel, and delivered with each arrival', async () => {
    await shop.tell(placed());
    await shop.tell(
      shop.event('shipment.created', parcel('s-1', hearts)),
      shop.event('shipment.in_transit', parcel('s-1')),
      shop.event('shipment.created', parcel('s-2', mugs)),
    );
    shop.wait(hours(20));
    await shop.tell(shop.event('shipment.delivered', parcel('s-1')));
    await shop.tell(shop.event('shipment.delivered', parcel('s-2')));
    await shop.tell(shop.event('shipment.delivered', parcel('s-2')));

    const shipped = await findKept(shop, 'order.shipped');
    expect(shipped.map(({ fact }) => fact.lines)).toEqual([
      [{ line: 1, variant: heart.variant, quantity: 2, gift: false }],
      [{ line: 2, variant: mug.variant, quantity: 1, gift: true }],
    ]);
    const delivered = await findKept(shop, 'order.delivered');
    expect(delivered.map(({ fact }) => fact.deliveredAll)).toEqual([false, true]);
  });

  it('is delivered as a whole by a parcel whose content nobody told', async () => {
    await shop.tell(placed());
    await shop.tell(shop.event('shipment.delivered', parcel('s-1')));
    const [delivered] = await findKept(shop, 'order.delivered');
    expect(delivered?.fact).toMatchObject({ deliveredAll: true, lines: [{ line: 1 }, { line: 2 }] });
    expect(await onDoorstep(shop)).toMatchObject([{ delivered: 2 }, { delivered: 1 }]);
  });

  it('has not arrived while one of two parcels of unknown content is on its way', async () => {
    await shop.tell(placed(), shop.event('shipment.created', parcel('s-1')));
    await shop.tell(
      shop.event('shipment.created', parcel('s-2')),
      shop.event('shipment.delivered', parcel('s-1')),
    );
    expect(await onDoorstep(shop)).toMatchObject([{ shipped: 2, delivered: 0 }, { delivered: 0 }]);
    expect((await findKept(shop, 'order.delivered'))[0]?.fact).toMatchObject({ deliveredAll: false });
  });

  it('does not wait for what was refunded before it left', async () => {
    const amount = { amount: 850, currency: 'GBP' };
    await shop.tell(placed(), shop.event('order.refunded', { orderId: 'o-1', amount, lines: mugs }));
    await shop.tell(shop.event('shipment.delivered', parcel('s-1', hearts)));
    expect((await findKept(shop, 'order.delivered'))[0]?.fact).toMatchObject({ deliveredAll: true });
  });

  it('takes a parcel that is told before the order', async () => {
    await shop.tell(shop.event('shipment.delivered', parcel('s-1', hearts)));
    await shop.tell(placed());
    expect(await onDoorstep(shop)).toMatchObject([{ shipped: 2, delivered: 2 }, { shipped: 0 }]);
  });

  it('does not move a parcel back by a milestone that comes late', async () => {
    const late = at(shop.now() - hours(3));
    await shop.tell(placed(), shop.event('shipment.delivered', parcel('s-1')));
    await shop.tell(shop.event('shipment.out_for_delivery', parcel('s-1'), late));
    const row = await shop.db.selectFrom('shipments').selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ state: 'delivered', shipped_at: shop.now() - hours(3) });
    expect(await findKept(shop, 'order.shipped')).toHaveLength(1);
  });

  it('takes the word of a parcel for whoever has the order, under whatever name it is told', async () => {
    await shop.tell(placed());
    await shop.tell(shop.event('shipment.created', parcel('s-1'), { customerId: 'somebody-else' }));
    const [order] = await findKept(shop, 'order.placed');
    const [shipped] = await findKept(shop, 'order.shipped');
    expect(shipped?.fact.customer).toBe(order?.fact.customer);
  });

  it('never ships, refunds or takes back more units than were bought', async () => {
    const many = [{ variant: heart.variant, quantity: 50 }];
    const amount = { amount: 1, currency: 'GBP' };
    await shop.tell(
      placed(),
      shop.event('shipment.delivered', parcel('s-1', many)),
      shop.event('shipment.delivered', parcel('s-2', many)),
      shop.event('return.received', { returnId: 'r-1', orderId: 'o-1', lines: many }),
      shop.event('order.refunded', { orderId: 'o-1', amount, lines: many }),
    );
    const [first, second] = await onDoorstep(shop);
    expect(first).toMatchObject({ shipped: 2, delivered: 2, returned: 2, refunded: 2 });
    expect(second).toMatchObject({ shipped: 0, delivered: 0, returned: 0, refunded: 0 });
  });
});

describe('units of two lines with one variant', () => {
  it('go to the line that is named, and otherwise to the first that has room', async () => {
    const line = (name: string, gift: boolean) => ({ line: name, ...heart, quantity: 1, gift });
    await shop.tell(
      shop.event('order.placed', {
        orderId: 'o-1',
        lines: [line('mine', false), line('gift', true)],
        total: { amount: 510, currency: 'GBP' },
      }),
    );
    const amount = { amount: 255, currency: 'GBP' };
    const unit = { variant: heart.variant, quantity: 1 };
    const named = { orderId: 'o-1', amount, lines: [{ line: 'gift', ...unit }] };
    await shop.tell(shop.event('order.refunded', named));
    expect(await onDoorstep(shop)).toMatchObject([{ refunded: 0 }, { refunded: 1 }]);
    await shop.tell(shop.event('order.refunded', { orderId: 'o-1', amount, lines: [unit] }));
    expect(await onDoorstep(shop)).toMatchObject([{ refunded: 1 }, { refunded: 1 }]);
  });
});

describe('goods that come back', () => {
  it('count once the shop has them, not when the customer announces them', async () => {
    const back = { returnId: 'r-1', orderId: 'o-1', lines: hearts };
    await shop.tell(placed(), shop.event('return.opened', back));
    expect(await onDoorstep(shop)).toMatchObject([{ returned: 0 }, { returned: 0 }]);
    await shop.tell(shop.event('return.received', { returnId: 'r-1', orderId: 'o-1' }));
    expect(await onDoorstep(shop)).toMatchObject([{ returned: 2 }, { returned: 0 }]);
    const [opened] = await findKept(shop, 'return.opened');
    expect(opened?.fact.lines).toEqual([{ line: 1, variant: heart.variant, quantity: 2, gift: false }]);
  });
});

describe('what a journey is told of an order', () => {
  it('counts the orders of the customer, and not those that were cancelled', async () => {
    const orderOf = (orderId: string, customerId: string) => ({ ...placed(orderId), customerId });
    await shop.tell(orderOf('o-1', 'c'), orderOf('o-2', 'c'), orderOf('o-9', 'd'));
    await shop.tell(shop.event('order.cancelled', { orderId: 'o-1' }));
    await shop.tell(orderOf('o-3', 'c'));
    await shop.tell(shop.event('order.paid', { orderId: 'o-2' }));
    const numbers = (await findKept(shop, 'order.placed')).map(({ fact }) => fact.number);
    expect(numbers).toEqual([1, 2, 1, 2]);
    expect((await findKept(shop, 'order.paid'))[0]?.fact.number).toBe(1);
  });

  it('counts by when orders were placed, not by when they are told', async () => {
    await shop.tell(placed('newer'));
    await shop.tell({ ...placed('older'), ...at(shop.now() - hours(5)) });
    const older = (await findKept(shop, 'order.placed')).find(({ id }) => id !== 'event-1');
    expect(older?.fact.number).toBe(1);
    await shop.tell(shop.event('order.paid', { orderId: 'newer' }));
    expect((await findKept(shop, 'order.paid'))[0]?.fact.number).toBe(2);
  });

  it('gives the day where the customer is, and where the shop is when nobody said', async () => {
    await shop.tell({ ...placed('here'), occurredAt: '2026-03-02T23:30:00Z' });
    await shop.tell(shop.event('customer.updated', { timeZone: 'America/New_York' }));
    await shop.tell({ ...placed('there'), occurredAt: '2026-03-02T23:30:00Z' });
    const days = (await findKept(shop, 'order.placed')).map(({ fact }) => fact.day);
    // The shop of the test is in Seoul.
    expect(days).toEqual(['2026-03-03', '2026-03-02']);
  });

  it('has the market of the order also in what follows it', async () => {
    await shop.tell({ ...placed(), market: 'kr' });
    await shop.tell(shop.event('order.paid', { orderId: 'o-1' }));
    expect((await findKept(shop, 'order.paid'))[0]?.fact.market).toBe('kr');
  });

  it('has a hundred lines at most, whatever was ordered', async () => {
    const lines = Array.from({ length: 300 }, (_, index) => ({ ...heart, variant: `v-${index}` }));
    await shop.tell(
      shop.event('order.placed', { orderId: 'o-1', lines, total: { amount: 1, currency: 'GBP' } }),
    );
    expect((await findKept(shop, 'order.placed'))[0]?.fact.lines).toHaveLength(100);
    expect(await onDoorstep(shop)).toHaveLength(300);
  });
});

describe('a journey that begins with the arrival', () => {
  const review = {
    name: 'review-request',
    version: 1,
    startsOn: 'order.delivered',
    key: (parcel: { order: string }) => parcel.order,
    unless: (parcel: { deliveredAll: boolean }) => !parcel.deliveredAll,
    endsOn: ['return.opened', 'review.submitted'],
    matches: { 'return.opened': (back: { order: string }) => back.order },
    reentry: 'once-per-key',
  };

  it('is entered once per order, and ended by a return of that order only', async () => {
    await shop.close();
    shop = await openDoorstepShop(journeys(review));
    await shop.tell(placed('o-1'), placed('o-2'));
    const delivered = (orderId: string) => shop.event('shipment.delivered', { shipmentId: 's', orderId });
    await shop.tell(delivered('o-1'), delivered('o-2'));
    await shop.tell(shop.event('return.opened', { returnId: 'r-1', orderId: 'o-1' }));
    const states = (await shop.enrolments()).map(({ state }) => state).sort();
    expect(states).toEqual(['open', 'sealed']);
  });
});

describe('a journey about an order', () => {
  const thanks = {
    name: 'thanks',
    version: 1,
    startsOn: 'order.placed',
    key: (order: { order: string }) => order.order,
    endsOn: [],
    reentry: 'once-per-key',
  };

  it('stays with who ordered when the shop uses the cart id for somebody else', async () => {
    await shop.close();
    shop = await openDoorstepShop(journeys(thanks));
    const withCart = (orderId: string, customerId: string) => ({
      ...shop.event('order.placed', { orderId, lines: [heart], total: heart.price, cartId: '7' }),
      customerId,
    });
    await shop.tell(withCart('o-1', 'c'));
    await shop.tell(withCart('o-2', 'd'));
    const people = await shop.db.selectFrom('enrolments').select('customer_id').distinct().execute();
    expect(people).toHaveLength(2);
  });
});
