import { afterEach, assert, beforeEach, describe, expect, it } from 'vitest';
import { EventsRefused } from '../../intake/event-problem.ts';
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

  it('keeps every event as it was sent, whatever its words hold', async () => {
    const words = ['one\nline\r\n', 'a \u2028 separator', 'a tab\t, "quotes" and \\n', '겨울 🎁', ''];
    const told = words.map((text, place) =>
      shop.event('review.submitted', { reviewId: `r-${place}`, variant: 'sku-1', stars: 5, text }),
    );
    await shop.tell(...told);
    const kept = await shop.db.selectFrom('events').select(['id', 'envelope']).execute();
    expect(new Map(kept.map(({ id, envelope }) => [id, envelope]))).toEqual(
      new Map(told.map((event) => [event.id, event])),
    );
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

  it('lists what is wrong in an answer that stays small, and counts the rest', async () => {
    const cart = shop.event('cart.updated', { cartId: '7', items: [heart] });
    const long = { ...cart, ['k'.repeat(1_000_000)]: 1 };
    const refusal = await shop.tell(long).catch((error: unknown) => error);
    expect(JSON.stringify(refusal).length).toBeLessThan(2_000);
    expect(refusal).toMatchObject({ code: 'event-invalid', problems: [{ index: 0, path: '' }] });
    const bad = (count: number) =>
      Array.from({ length: count }, () => ({ ...cart, data: { cartId: 7, items: [] } }));
    const many: unknown = await shop.tell(...bad(250)).catch((error: unknown) => error);
    assert(many instanceof EventsRefused);
    expect(many.problems).toHaveLength(100);
    expect(many.problems.at(-2)).toMatchObject({ index: 98, path: 'data.cartId' });
    expect(many.problems.at(-1)).toEqual({
      index: 99,
      path: '',
      problem: 'from here on there are 151 more problems, which are not listed',
    });
    expect(many.message).toContain('245 more problems');
    const few: unknown = await shop.tell(...bad(100)).catch((error: unknown) => error);
    expect(few).toMatchObject({ problems: { length: 100, 99: { index: 99, path: 'data.cartId' } } });
  });

  it('accepts nothing of a call with one bad event', async () => {
    const good = shop.event('cart.updated', { cartId: '7', items: [heart] });
    await expect(shop.tell(good, { ...good, id: 'x', type: 'cart.update' })).rejects.toMatchObject({
      code: 'event-unknown-type',
    });
    expect(await shop.enrolments()).toEqual([]);
  });
});
