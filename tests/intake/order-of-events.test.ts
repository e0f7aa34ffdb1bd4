import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { at, days, heart, hours, minutes, mug, openShop, order, type Shop } from './shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  await shop.close();
});

const cart = (cartId = '7', when = shop.now(), items = [heart]) =>
  shop.event('cart.updated', { cartId, items }, at(when));
const ago = (milliseconds: number) => shop.now() - milliseconds;
const far = () => at(shop.now() + days(1000));
const states = async () =>
  (await shop.enrolments()).map(({ journey, state, because }) => ({ journey, state, because }));
const cartIs = (state: string, because: string | null = null) => ({
  journey: 'abandoned-cart',
  state,
  because,
});

describe('events that arrive out of order', () => {
  it('do not open a journey for a cart that was ordered since', async () => {
    await shop.tell(shop.event('order.placed', order('o-1', '7'), at(ago(minutes(1)))));
    const late = cart('7', ago(minutes(5)));
    await shop.tell(late);
    expect(await states()).toEqual([]);
    expect(await shop.notes(late)).toMatchObject([{ effect: 'not-opened', because: 'overtaken' }]);
  });

  it('do not open a journey when the later order named no cart', async () => {
    await shop.tell(shop.event('order.placed', order('o-1'), at(ago(minutes(1)))));
    const late = cart('7', ago(minutes(5)));
    await shop.tell(late);
    expect(await shop.notes(late)).toMatchObject([{ because: 'overtaken', saw: 'order.placed' }]);
  });

  it('open a journey for a cart that was begun after the order', async () => {
    await shop.tell(shop.event('order.placed', order('o-1', '7'), at(ago(minutes(9)))));
    await shop.tell(cart('7', ago(minutes(5))));
    expect(await states()).toEqual([cartIs('open')]);
  });

  it('quiet the carts that are open when an order is told late', async () => {
    await shop.tell(cart('7', ago(minutes(5))));
    await shop.tell(shop.event('order.placed', order('o-1'), at(ago(minutes(30)))));
    expect(await states()).toEqual([cartIs('sealed', 'order.placed')]);
  });

  it('take effect in the order in which they happened when they come in one call', async () => {
    await shop.tell(
      shop.event('order.placed', order('o-1', '7'), at(ago(minutes(1)))),
      cart('7', ago(minutes(3)), [heart, mug]),
      cart('7', ago(minutes(5))),
    );
    expect(await states()).toEqual([cartIs('closed', 'order.placed')]);
    const row = await shop.db
      .selectFrom('carts')
      .select(['state', 'items', 'cycle'])
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ state: 'ordered', items: [heart, mug], cycle: 1 });
  });

  it('do not undo newer facts', async () => {
    await shop.tell(cart('7', ago(minutes(1)), [mug]), shop.event('customer.updated', { givenName: 'Mina' }));
    await shop.tell(
      cart('7', ago(minutes(5)), [heart]),
      shop.event('cart.emptied', { cartId: '7' }, at(ago(minutes(4)))),
      shop.event('customer.updated', { givenName: 'Old', locale: 'ko-KR' }, at(ago(minutes(5)))),
    );
    const row = await shop.db.selectFrom('carts').select(['state', 'items']).executeTakeFirstOrThrow();
    expect(row).toEqual({ state: 'open', items: [mug] });
    expect(await states()).toEqual([cartIs('open')]);
    const person = await shop.db
      .selectFrom('customers')
      .select(['given_name', 'locale'])
      .executeTakeFirstOrThrow();
    expect(person).toEqual({ given_name: 'Mina', locale: 'ko-KR' });
  });

  it('do not let a profile that is dated ahead outlive its corrections', async () => {
    const years = at(shop.now() + days(1000));
    await shop.tell(
      shop.event(
        'customer.updated',
        { givenName: 'Mnia', email: 'mnia@shop.example', dates: { birthday: '1990-01-02' } },
        years,
      ),
      shop.event('preference.updated', { locale: 'ko-KR' }, years),
    );
    const seen = async () => ({
      person: await shop.db.selectFrom('customers').select(['given_name', 'locale']).executeTakeFirst(),
      point: await shop.db.selectFrom('contact_points').select('address').executeTakeFirst(),
    });
    expect(await seen()).toEqual({
      person: { given_name: 'Mnia', locale: 'ko-KR' },
      point: { address: 'mnia@shop.example' },
    });
    shop.wait(minutes(1));
    await shop.tell(
      shop.event('customer.updated', { givenName: 'Mina', email: 'mina@shop.example' }),
      shop.event('preference.updated', { locale: 'en-GB' }),
    );
    const corrected = {
      person: { given_name: 'Mina', locale: 'en-GB' },
      point: { address: 'mina@shop.example' },
    };
    expect(await seen()).toEqual(corrected);
    await shop.tell(
      shop.event('customer.updated', { givenName: 'Old', email: 'old@shop.example' }, at(ago(minutes(9)))),
    );
    expect(await seen()).toEqual(corrected);
  });

  it('take the items of a cart whose checkout was told first, and leave it to the checkout', async () => {
    await shop.tell(shop.event('checkout.started', { checkoutId: 'k', cartId: '7' }, at(ago(minutes(1)))));
    await shop.tell(cart('7', ago(minutes(2))));
    const row = await shop.db.selectFrom('carts').select(['items']).executeTakeFirstOrThrow();
    expect(row.items).toEqual([heart]);
    expect(await states()).toEqual([{ journey: 'abandoned-checkout', state: 'open', because: null }]);
  });

  it('hand the cart over to the checkout', async () => {
    await shop.tell(cart());
    shop.wait(minutes(5));
    await shop.tell(shop.event('checkout.started', { checkoutId: 'k', cartId: '7' }));
    expect(await states()).toEqual([
      cartIs('sealed', 'checkout.started'),
      { journey: 'abandoned-checkout', state: 'open', because: null },
    ]);
  });

  it('keep an order the same whether it was placed or paid first', async () => {
    await shop.tell(shop.event('order.paid', { orderId: 'o-1' }, at(ago(minutes(1)))));
    await shop.tell(shop.event('order.placed', order('o-1'), at(ago(minutes(2)))));
    await shop.tell(shop.event('order.placed', order('o-2'), at(ago(minutes(2)))));
    await shop.tell(shop.event('order.paid', { orderId: 'o-2' }, at(ago(minutes(1)))));
    const rows = await shop.db
      .selectFrom('orders')
      .select(['state', 'placed_at', 'paid_at', 'total_amount'])
      .orderBy('order_id')
      .execute();
    expect(rows[0]).toEqual({
      state: 'paid',
      placed_at: ago(minutes(2)),
      paid_at: ago(minutes(1)),
      total_amount: 510,
    });
    expect(rows[1]).toEqual(rows[0]);
  });
});

describe('events that are old, history, or ahead of us', () => {
  it('start nothing when they are older than a day, and are facts all the same', async () => {
    const old = cart('7', ago(hours(25)));
    await shop.tell(old);
    expect(await shop.notes(old)).toMatchObject([{ because: 'too-old' }]);
    expect(await states()).toEqual([]);
    expect(await shop.db.selectFrom('carts').selectAll().execute()).toHaveLength(1);
  });

  it('start and end nothing when they are history', async () => {
    await shop.tell(cart());
    const history = [
      shop.event('cart.updated', { cartId: '8', items: [heart] }, { backfill: true, customerId: 'd' }),
      shop.event('order.placed', order('o-1'), { backfill: true }),
    ];
    await shop.tell(...history);
    expect(await states()).toEqual([cartIs('open')]);
    expect(await shop.notes(history[0] ?? cart())).toMatchObject([{ because: 'backfill' }]);
    expect(await shop.db.selectFrom('orders').selectAll().execute()).toHaveLength(1);
  });

  it('keep out, as history, whom a later order keeps out, and nobody whose order came before', async () => {
    await shop.tell(
      shop.event('order.placed', order('o-1'), { backfill: true, ...at(shop.now() - minutes(10)) }),
      shop.event('order.placed', order('o-2'), {
        backfill: true,
        customerId: 'd',
        ...at(shop.now() - minutes(30)),
      }),
    );
    const told = shop.event('cart.updated', { cartId: '7', items: [heart] }, at(shop.now() - minutes(20)));
    await shop.tell(told, { ...told, id: 'of-d', customerId: 'd', data: { cartId: '8', items: [heart] } });
    expect(await shop.notes(told)).toMatchObject([{ because: 'overtaken' }]);
    expect(await shop.notes({ id: 'of-d' })).toMatchObject([{ effect: 'opened' }]);
  });

  it('end, as history, what a guest was in once they turn out to be who ordered', async () => {
    const guest = { anonymousId: 'device-1', customerId: undefined };
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart] }, guest));
    shop.wait(minutes(5));
    await shop.tell(shop.event('order.placed', order('o-1'), { backfill: true }));
    expect(await states()).toEqual([cartIs('open')]);
    await shop.tell(shop.event('customer.identified', { anonymousId: 'device-1', customerId: 'c' }));
    expect(await states()).toEqual([cartIs('sealed', 'order.placed')]);
  });

  it('overtake a cart all the same when the clock that dated them only runs a little ahead', async () => {
    await shop.tell(shop.event('order.placed', order('o-1'), at(shop.now() + minutes(2))));
    const late = cart();
    await shop.tell(late);
    expect(await shop.notes(late)).toMatchObject([{ because: 'overtaken' }]);
  });

  it('overtake nothing until they have happened, and end what is open when they are told', async () => {
    await shop.tell(cart());
    await shop.tell(shop.event('order.placed', order('o-1'), at(shop.now() + days(1000))));
    expect(await states()).toEqual([cartIs('sealed', 'order.placed')]);
    shop.wait(days(30));
    const later = cart('8');
    await shop.tell(later);
    expect(await shop.notes(later)).toMatchObject([{ effect: 'opened' }]);
    shop.wait(days(970));
    const overtaken = cart('9', ago(minutes(1)));
    await shop.tell(overtaken);
    expect(await shop.notes(overtaken)).toMatchObject([{ because: 'overtaken' }]);
  });

  it('silence no later cart when they are far ahead, be it the same one or another', async () => {
    await shop.tell(cart('7', shop.now() + days(1000)));
    shop.wait(minutes(1));
    await shop.tell(cart('7', shop.now(), [mug]));
    expect(await states()).toEqual([cartIs('open')]);
    expect(await shop.db.selectFrom('carts').select(['items', 'last_activity_at']).execute()).toEqual([
      { items: [mug], last_activity_at: shop.now() },
    ]);
    await shop.tell(shop.event('checkout.started', { checkoutId: 'k-1', cartId: '6' }, far()));
    shop.wait(minutes(1));
    await shop.tell(cart('8'));
    expect(await states()).toContainEqual(cartIs('open'));
  });

  it('close no cart until they have happened, so that a cart id can be used again', async () => {
    for (const end of [
      shop.event('order.placed', order('o-1', '7'), far()),
      shop.event('cart.emptied', { cartId: '7' }, far()),
    ]) {
      await shop.tell(end);
      shop.wait(minutes(1));
      const again = cart('7');
      await shop.tell(again);
      expect(await shop.notes(again)).toMatchObject([{ effect: 'opened' }]);
    }
  });

  it('do not let a product that is dated far ahead outlive its corrections', async () => {
    await shop.tell(shop.event('product.updated', { variant: 'tea', title: 'Tee', stock: 0 }, far()));
    shop.wait(minutes(1));
    await shop.tell(shop.event('product.updated', { variant: 'tea', title: 'Tea', stock: 9 }));
    expect(await shop.db.selectFrom('variants').select(['title', 'stock']).execute()).toEqual([
      { title: 'Tea', stock: 9 },
    ]);
  });

  it('start from their own instant when they are a little ahead, and not at all when they are far ahead', async () => {
    await shop.tell(cart('7', shop.now() + minutes(10)));
    const [row] = await shop.db.selectFrom('enrolments').select('due_at').execute();
    expect(row?.due_at).toBe(shop.now() + minutes(10) + hours(4));
    const far = shop.event(
      'cart.updated',
      { cartId: '9', items: [heart] },
      { customerId: 'd', ...at(shop.now() + hours(25)) },
    );
    await shop.tell(far);
    expect(await shop.notes(far)).toMatchObject([{ because: 'in-the-future' }]);
  });
});

describe('cart cycles', () => {
  const cycles = async () =>
    shop.db
      .selectFrom('carts')
      .select(['cart_id', 'cycle', 'state'])
      .orderBy('cart_id')
      .orderBy('cycle')
      .execute();

  it('begin anew after an order, an emptying and 30 idle days, and each is entered', async () => {
    await shop.tell(cart());
    await shop.tell(shop.event('order.placed', order('o-1', '7'), at(shop.now() + 1)));
    shop.wait(hours(1));
    await shop.tell(cart());
    shop.wait(hours(1));
    await shop.tell(shop.event('cart.emptied', { cartId: '7' }));
    shop.wait(hours(1));
    await shop.tell(cart());
    shop.wait(days(31));
    await shop.tell(cart());
    expect(await cycles()).toEqual([
      { cart_id: '7', cycle: 1, state: 'ordered' },
      { cart_id: '7', cycle: 2, state: 'emptied' },
      { cart_id: '7', cycle: 3, state: 'expired' },
      { cart_id: '7', cycle: 4, state: 'open' },
    ]);
    expect(await states()).toEqual([
      cartIs('sealed', 'order.placed'),
      cartIs('sealed', 'cart.emptied'),
      cartIs('sealed', 'cart.superseded'),
      cartIs('open'),
    ]);
  });

  it('do not begin anew while the cart is used at least every 30 days', async () => {
    await shop.tell(cart());
    shop.wait(days(29));
    await shop.tell(cart());
    shop.wait(days(29));
    await shop.tell(cart());
    expect(await cycles()).toEqual([{ cart_id: '7', cycle: 1, state: 'open' }]);
  });

  it('end when the shop says that the cart has no items, whether or not it also says that it was emptied', async () => {
    await shop.tell(cart());
    shop.wait(minutes(1));
    const empty = shop.event('cart.updated', { cartId: '7', items: [] });
    await shop.tell(empty);
    expect(await states()).toEqual([cartIs('sealed', 'cart.emptied')]);
    expect(await shop.notes(empty)).toMatchObject([{ because: 'unless' }]);
    await shop.tell(shop.event('cart.updated', { cartId: 'never-filled', items: [] }));
    expect(await cycles()).toEqual([
      { cart_id: '7', cycle: 1, state: 'emptied' },
      { cart_id: 'never-filled', cycle: 1, state: 'emptied' },
    ]);
  });

  it('let the newest of several open carts speak, and the older one again when it is touched', async () => {
    await shop.tell(cart('7'));
    shop.wait(minutes(1));
    await shop.tell(cart('8'));
    expect(await states()).toEqual([cartIs('sealed', 'cart.superseded'), cartIs('open')]);
    shop.wait(minutes(1));
    await shop.tell(cart('7'));
    expect(await shop.enrolments()).toEqual([
      { journey: 'abandoned-cart', entry: 1, state: 'sealed', because: 'cart.superseded' },
      { journey: 'abandoned-cart', entry: 1, state: 'sealed', because: 'cart.superseded' },
      { journey: 'abandoned-cart', entry: 2, state: 'open', because: null },
    ]);
  });

  it('do not let an older cart speak because its event comes late', async () => {
    await shop.tell(cart('8'));
    const late = cart('7', ago(minutes(5)));
    await shop.tell(late);
    expect(await states()).toEqual([cartIs('open')]);
    expect(await shop.notes(late)).toMatchObject([{ because: 'overtaken' }]);
  });

  it('leave carts of other customers alone', async () => {
    await shop.tell(
      cart('7'),
      shop.event('cart.updated', { cartId: '8', items: [heart] }, { customerId: 'd' }),
    );
    expect(await states()).toEqual([cartIs('open'), cartIs('open')]);
  });
});
