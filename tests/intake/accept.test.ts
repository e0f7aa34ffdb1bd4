import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, hours, heart, minutes, openShop, order, type Shop } from './shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  await shop.close();
});

const cartJourney = (state: string, because: string | null = null, entry = 1) => ({
  journey: 'abandoned-cart',
  entry,
  state,
  because,
});

describe('accept', () => {
  it('opens a journey with its start in the outbox, in one transaction with the event', async () => {
    const cart = shop.event('cart.updated', { cartId: '7', items: [heart] });
    expect(await shop.tell(cart)).toEqual([{ id: cart.id, status: 'accepted' }]);
    expect(await shop.enrolments()).toEqual([cartJourney('open')]);
    const [row] = await shop.db.selectFrom('outbox').selectAll().execute();
    expect(row).toMatchObject({ kind: 'start', event_id: cart.id });
    // What the run is given stands in the enrolment, once.
    expect(row?.payload).toEqual({ startAt: shop.now() + hours(4) });
  });

  it('seals it when the order is placed and tells the run', async () => {
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart] }));
    shop.wait(minutes(5));
    const placed = shop.event('order.placed', order('o-1'));
    await shop.tell(placed);
    expect(await shop.enrolments()).toEqual([cartJourney('sealed', 'order.placed')]);
    const rows = await shop.db
      .selectFrom('outbox')
      .select(['kind', 'event_id', 'payload'])
      .orderBy('id')
      .execute();
    expect(rows.map((row) => row.kind)).toEqual(['start', 'signal']);
    expect(rows[1]?.payload).toMatchObject({ event: 'order.placed', ends: true, at: shop.now() });
  });

  it('does not end the journey of somebody else', async () => {
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart] }));
    await shop.tell(shop.event('order.placed', order('o-1'), { customerId: 'somebody-else' }));
    expect(await shop.enrolments()).toEqual([cartJourney('open')]);
  });

  it('opens and closes at once, without a run, when cart and order come in one call', async () => {
    await shop.tell(
      shop.event('order.placed', order('o-1', '7'), at(shop.now() - minutes(1))),
      shop.event('cart.updated', { cartId: '7', items: [heart] }, at(shop.now() - minutes(9))),
    );
    expect(await shop.enrolments()).toEqual([cartJourney('closed', 'order.placed')]);
    expect(await shop.db.selectFrom('outbox').selectAll().execute()).toEqual([]);
  });

  it('does nothing for a duplicate', async () => {
    const cart = shop.event('cart.updated', { cartId: '7', items: [heart] });
    await shop.tell(cart);
    expect(await shop.tell(cart, cart)).toEqual([
      { id: cart.id, status: 'duplicate' },
      { id: cart.id, status: 'duplicate' },
    ]);
    expect(await shop.enrolments()).toEqual([cartJourney('open')]);
    expect(await shop.db.selectFrom('outbox').selectAll().execute()).toHaveLength(1);
  });

  it('refuses the whole call when an id is used again with another content', async () => {
    const cart = shop.event('cart.updated', { cartId: '7', items: [heart] });
    await shop.tell(cart);
    const other = shop.event('order.placed', order('o-1'));
    await expect(shop.tell(other, { ...cart, data: { cartId: '8', items: [heart] } })).rejects.toMatchObject({
      code: 'event-conflict',
      problems: [{ index: 1, path: 'id' }],
    });
    expect(await shop.enrolments()).toEqual([cartJourney('open')]);
  });

  it('accepts nothing of a call with one bad event', async () => {
    const good = shop.event('cart.updated', { cartId: '7', items: [heart] });
    await expect(shop.tell(good, { ...good, id: 'x', type: 'cart.update' })).rejects.toMatchObject({
      code: 'event-unknown-type',
    });
    expect(await shop.enrolments()).toEqual([]);
  });
});
