import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../domain/journey.ts';
import { newId } from '../../store/new-id.ts';
import { judgeConsent } from './consent-gate.ts';
import {
  abandonedCart,
  abandonedCheckout,
  at,
  days,
  heart,
  journeys,
  minutes,
  mug,
  openShop,
  order,
  type Shop,
} from './shop.ts';

const welcome = {
  name: 'welcome',
  version: 1,
  startsOn: 'customer.subscribed',
  key: ({ customer }) => customer,
  endsOn: [],
  reentry: 'once-ever',
} satisfies JourneyDefinition<'customer.subscribed', never>;

let shop: Shop;

beforeEach(async () => {
  shop = await openShop(journeys(abandonedCart, abandonedCheckout, welcome));
});
afterEach(async () => {
  await shop.close();
});

const guest = { anonymousId: 'device-1' };
const cart = (cartId: string, who: object = {}) =>
  shop.event('cart.updated', { cartId, items: [heart] }, who);
const identified = (anonymousId = 'device-1', customerId = 'c', more = {}) =>
  shop.event('customer.identified', { anonymousId, customerId, ...more }, { customerId });
const active = async () =>
  shop.db
    .selectFrom('customers')
    .select(['id', 'external_id'])
    .where('state', '=', 'active')
    .orderBy('id')
    .execute();
const idOf = async (value: string): Promise<string> =>
  (
    await shop.db
      .selectFrom('customer_identities')
      .select('customer_id')
      .where('value', '=', value)
      .executeTakeFirstOrThrow()
  ).customer_id;
const owners = async (table: 'carts' | 'enrolments' | 'orders' | 'events' | 'deliveries' | 'consents') =>
  (await shop.db.selectFrom(table).select('customer_id').distinct().execute()).map((row) => row.customer_id);
const judged = (channel: 'email' | 'sms', topic?: string) => judgeConsent(shop.db, channel, topic);
const states = async () => (await shop.enrolments()).map(({ state, because }) => ({ state, because }));

async function addDelivery(customer: string): Promise<string> {
  const enrolment = await shop.db.selectFrom('enrolments').selectAll().executeTakeFirstOrThrow();
  const id = newId();
  await shop.db
    .insertInto('deliveries')
    .values({
      id,
      send_key: `${enrolment.id}/cart-reminder#1`,
      enrolment_id: enrolment.id,
      customer_id: customer,
      journey: enrolment.journey,
      version: 1,
      step: 'cart-reminder#1',
      message: 'cart-reminder',
      purpose: 'marketing',
      class: 'once',
      state: 'accepted',
      channel: 'email',
      address_key: 'mina@example.com',
      due_at: new Date(shop.now()),
      useful_until: new Date(shop.now()),
      decided_at: new Date(shop.now()),
    })
    .execute();
  return id;
}

describe('a guest', () => {
  it('takes the cart, its journey and its messages along when they say who they are', async () => {
    await shop.tell(cart('7', guest));
    await addDelivery(await idOf('device-1'));
    await shop.tell(shop.event('customer.updated', { locale: 'ko-KR' }));
    await shop.tell(identified());
    const c = await idOf('c');
    expect(await idOf('device-1')).toBe(c);
    expect(await active()).toEqual([{ id: c, external_id: 'c' }]);
    for (const table of ['carts', 'enrolments', 'events', 'deliveries'] as const) {
      expect(await owners(table)).toEqual([c]);
    }
    expect(await states()).toEqual([{ state: 'open', because: null }]);
  });

  it('is ended by an order of the customer whom they turn out to be, also one from before', async () => {
    await shop.tell(cart('7', guest));
    shop.wait(minutes(10));
    await shop.tell(shop.event('order.placed', order('o-1')));
    expect(await states()).toEqual([{ state: 'open', because: null }]);
    shop.wait(minutes(10));
    await shop.tell(identified());
    expect(await states()).toEqual([{ state: 'sealed', because: 'order.placed' }]);
    const signals = await shop.db
      .selectFrom('outbox')
      .select('payload')
      .where('kind', '=', 'signal')
      .execute();
    expect(signals).toMatchObject([{ payload: { event: 'order.placed', ends: true } }]);
  });

  it('is not ended by an order that the customer placed before the cart', async () => {
    await shop.tell(shop.event('order.placed', order('o-1')));
    shop.wait(minutes(10));
    await shop.tell(cart('7', guest));
    shop.wait(minutes(10));
    await shop.tell(identified());
    expect(await states()).toEqual([{ state: 'open', because: null }]);
  });

  it('is one person from the start when cart and name come in one call', async () => {
    await shop.tell(cart('7', guest), identified(), shop.event('order.placed', order('o-1')));
    expect(await active()).toHaveLength(1);
    expect(await states()).toEqual([{ state: 'closed', because: 'order.placed' }]);
  });

  it('lets the newest of both carts speak', async () => {
    await shop.tell(cart('of-customer'));
    shop.wait(minutes(5));
    await shop.tell(cart('of-guest', guest));
    await shop.tell(identified());
    expect(await states()).toEqual([
      { state: 'sealed', because: 'cart.superseded' },
      { state: 'open', because: null },
    ]);
  });

  it('keeps a device that two customers share apart', async () => {
    await shop.tell(identified('device-1', 'mother'), cart('hers', { customerId: 'mother' }));
    await shop.tell(identified('device-1', 'son'));
    await shop.tell(cart('his', guest));
    expect(await active()).toHaveLength(2);
    const carts = await shop.db
      .selectFrom('carts')
      .select(['cart_id', 'customer_id'])
      .orderBy('cart_id')
      .execute();
    expect(carts).toEqual([
      { cart_id: 'hers', customer_id: await idOf('mother') },
      { cart_id: 'his', customer_id: await idOf('son') },
    ]);
  });
});

describe('a cart that changes hands', () => {
  it('goes with whoever uses it, and meets what they have ordered', async () => {
    await shop.tell(cart('7', guest));
    shop.wait(minutes(5));
    await shop.tell(shop.event('order.placed', order('o-1')));
    shop.wait(minutes(5));
    await shop.tell(cart('7'));
    expect(await owners('carts')).toEqual([await idOf('c')]);
    expect(await states()).toEqual([{ state: 'sealed', because: 'order.placed' }]);
  });

  it('is quieted by an order under another name that names the cart', async () => {
    await shop.tell(cart('7', guest));
    await shop.tell(shop.event('order.placed', order('o-1', '7'), { customerId: 'at-checkout' }));
    expect(await states()).toEqual([{ state: 'sealed', because: 'order.placed' }]);
  });
});

describe('merging two customers', () => {
  const merged = (from = 'd', into = 'c') => shop.event('customer.merged', { from, into });
  const consent = (
    channel: 'email' | 'sms',
    state: 'granted' | 'withdrawn',
    customerId: string,
    topic?: string,
  ) =>
    shop.event(
      'consent.changed',
      { channel, purpose: 'marketing', state, basis: 'test', ...(topic === undefined ? {} : { topic }) },
      { customerId },
    );
  const consents = async () =>
    shop.db.selectFrom('current_consents').select(['channel', 'state']).orderBy('channel').execute();

  it('lets an opt-out of either win, whichever came last', async () => {
    await shop.tell(consent('email', 'withdrawn', 'd'), consent('sms', 'granted', 'd'));
    shop.wait(minutes(1));
    await shop.tell(consent('email', 'granted', 'c'));
    await shop.tell(merged());
    expect(await consents()).toEqual([
      { channel: 'email', state: 'withdrawn' },
      { channel: 'sms', state: 'granted' },
    ]);
  });

  it('lets a later grant of the one person count again', async () => {
    await shop.tell(consent('email', 'withdrawn', 'd'), consent('email', 'granted', 'c'));
    await shop.tell(merged());
    shop.wait(minutes(1));
    await shop.tell(consent('email', 'granted', 'c'));
    expect(await consents()).toEqual([{ channel: 'email', state: 'granted' }]);
  });

  it('lets an opt-out of everything win over a topic that the other has granted', async () => {
    await shop.tell(consent('email', 'withdrawn', 'd'), consent('sms', 'withdrawn', 'd'));
    shop.wait(minutes(1));
    await shop.tell(consent('email', 'granted', 'c', 'cart'));
    shop.wait(minutes(1));
    await shop.tell(merged());
    expect(await judged('email', 'cart')).toBe('skip');
    shop.wait(minutes(1));
    await shop.tell(consent('email', 'granted', 'c', 'cart'));
    expect(await judged('email', 'cart')).toBe('pass');
    expect(await judged('sms', 'cart')).toBe('skip');
  });

  it('does not take a topic back that the very person granted after withdrawing everything', async () => {
    await shop.tell(consent('email', 'withdrawn', 'd'));
    shop.wait(minutes(1));
    await shop.tell(consent('email', 'granted', 'd', 'cart'), consent('sms', 'granted', 'c', 'cart'));
    await shop.tell(merged());
    expect(await judged('email', 'cart')).toBe('pass');
    expect(await judged('sms', 'cart')).toBe('pass');
  });

  it('closes the second of two passages through a journey that is entered once ever', async () => {
    const subscribed = (customerId: string) =>
      shop.event('customer.subscribed', { source: 'form' }, { customerId });
    await shop.tell(subscribed('d'));
    shop.wait(1);
    await shop.tell(subscribed('c'));
    await shop.tell(merged());
    expect(await states()).toEqual([
      { state: 'open', because: null },
      { state: 'sealed', because: 'customer.merged' },
    ]);
    const again = subscribed('d');
    await shop.tell(again);
    expect(await shop.notes(again)).toMatchObject([{ effect: 'not-opened' }]);
  });

  it('keeps what the one who stays has said, and fills in the rest', async () => {
    await shop.tell(
      shop.event('customer.updated', { givenName: 'Mina', email: 'old@example.com' }, { customerId: 'd' }),
      shop.event('customer.updated', { givenName: 'Min-a' }, { customerId: 'c' }),
    );
    shop.wait(1);
    await shop.tell(
      shop.event('customer.updated', { email: 'new@example.com' }, { customerId: 'c' }),
      merged(),
    );
    const c = await idOf('c');
    const person = await shop.db
      .selectFrom('customers')
      .select('given_name')
      .where('id', '=', c)
      .executeTakeFirst();
    expect(person).toEqual({ given_name: 'Min-a' });
    const points = await shop.db.selectFrom('contact_points').select(['customer_id', 'address']).execute();
    expect(points).toEqual([{ customer_id: c, address: 'new@example.com' }]);
  });

  it('follows chains of merges, whatever name is used', async () => {
    await shop.tell(cart('7', { customerId: 'a' }));
    await shop.tell(merged('a', 'b'));
    await shop.tell(merged('b', 'c'));
    await shop.tell(shop.event('order.placed', order('o-1'), { customerId: 'a' }));
    expect(await active()).toHaveLength(1);
    expect(await states()).toEqual([{ state: 'sealed', because: 'order.placed' }]);
    const chain = await shop.db
      .selectFrom('customers')
      .select('merged_into')
      .where('state', '=', 'merged')
      .execute();
    expect(chain.map((row) => row.merged_into)).toEqual([await idOf('c'), await idOf('c')]);
  });

  it('does not merge a customer with itself', async () => {
    await shop.tell(merged('a', 'b'), merged('b', 'a'));
    expect(await active()).toHaveLength(1);
    await expect(shop.tell(merged('a', 'a'))).rejects.toMatchObject({ code: 'event-invalid' });
  });
});

describe('erasing a customer', () => {
  it('removes who they were from every table, and seals what they were in', async () => {
    await shop.tell(
      shop.event('customer.updated', {
        email: 'canary@example.com',
        phone: '+821012345678',
        givenName: 'Canary',
        dates: { birthday: '1990-05-01' },
      }),
      cart('7'),
    );
    await addDelivery(await idOf('c'));
    await shop.tell(shop.event('customer.erased', {}));
    expect(await states()).toEqual([{ state: 'sealed', because: 'customer.erased' }]);
    const tables = [
      'customers',
      'customer_identities',
      'contact_points',
      'customer_dates',
      'events',
      'deliveries',
      'outbox',
    ] as const;
    for (const table of tables) {
      const rows = await shop.db.selectFrom(table).selectAll().execute();
      expect(JSON.stringify(rows), table).not.toMatch(/canary|mina@|8210|1990-05/i);
    }
  });

  it('keeps what is heard afterwards for somebody new, whom the next erasure finds, also in one call', async () => {
    const updated = (id: string, instant: number) =>
      shop.event(
        'customer.updated',
        { email: `${id}@example.com`, givenName: 'Canary' },
        { id, ...at(instant) },
      );
    const erased = (instant: number) => shop.event('customer.erased', {}, at(instant));
    const now = shop.now();
    await shop.tell(
      updated('before', now - 3),
      erased(now - 2),
      updated('after', now - 1),
      cart('7', { anonymousId: 'device-1', customerId: 'c' }),
    );
    const told = async () =>
      JSON.stringify(await shop.db.selectFrom('events').select(['customer_id', 'envelope']).execute());
    expect(await active()).toEqual([{ id: await idOf('c'), external_id: 'c' }]);
    expect(await told()).toContain('after@example.com');
    expect(await told()).not.toContain('before@example.com');
    expect(await owners('events')).not.toContain(null);
    shop.wait(1);
    await shop.tell(erased(shop.now()));
    expect(await told()).not.toMatch(/canary|@example/i);
    expect(await active()).toEqual([]);
  });

  it('is not undone by what is told late about the time before it, and only by what happens after', async () => {
    const now = shop.now();
    const told = (id: string, instant: number) =>
      shop.event('customer.updated', { email: `${id}@example.com` }, { id, ...at(instant) });
    await shop.tell(told('early', now - 3000));
    await shop.tell(shop.event('customer.erased', {}, at(now - 2000)));
    const late = told('late', now - 2500);
    const consent = { channel: 'email', purpose: 'marketing', state: 'granted', basis: 'form' } as const;
    await shop.tell(late, shop.event('consent.changed', consent, at(now - 2500)));
    expect(await active()).toEqual([]);
    expect(await shop.db.selectFrom('consents').selectAll().execute()).toEqual([]);
    const kept = await shop.db.selectFrom('events').select('envelope').where('id', '=', 'late').execute();
    expect(kept).toEqual([{ envelope: { id: 'late', type: 'customer.updated', erased: true } }]);
    expect(await shop.tell(late)).toMatchObject([{ id: 'late', status: 'duplicate' }]);

    await shop.tell(told('back', now - 1000));
    await shop.tell(told('later', now - 2200), told('other', now - 500));
    expect(await active()).toEqual([{ id: await idOf('c'), external_id: 'c' }]);
    const points = await shop.db.selectFrom('contact_points').select('address').execute();
    expect(points).toEqual([{ address: 'other@example.com' }]);
  });

  it('keeps no name that could be read, and nobody else out', async () => {
    await shop.tell(shop.event('customer.updated', {}), shop.event('customer.erased', {}));
    const [erasure] = await shop.db.selectFrom('erasures').selectAll().execute();
    expect(erasure?.name_hash).toHaveLength(32);
    const told = shop.event(
      'customer.updated',
      { email: 'd@example.com' },
      { ...at(shop.now() - 60_000), customerId: 'd' },
    );
    await shop.tell(told);
    expect(await active()).toEqual([{ id: await idOf('d'), external_id: 'd' }]);
  });

  it('leaves what silences an address that others share, and takes what silences the person', async () => {
    const shared = shop.event('customer.updated', { email: 'mina@example.com' });
    await shop.tell(cart('7'), shared, { ...shared, id: 'of-d', customerId: 'd' });
    const [c, d] = [await idOf('c'), await idOf('d')];
    const sendId = await addDelivery(c);
    const about = { customerId: undefined };
    await shop.tell(
      shop.event('message.bounced', { sendId, kind: 'hard' }, about),
      shop.event('message.complained', { sendId }, about),
    );
    await shop.tell(shop.event('customer.erased', {}));
    const left = await shop.db
      .selectFrom('suppressions')
      .select(['customer_id', 'address_key', 'reason'])
      .orderBy('reason')
      .execute();
    expect(left).toEqual([
      { customer_id: null, address_key: 'mina@example.com', reason: 'complaint' },
      { customer_id: null, address_key: 'mina@example.com', reason: 'hard-bounce' },
    ]);
    const points = await shop.db.selectFrom('contact_points').select(['customer_id', 'state']).execute();
    expect(points).toEqual([{ customer_id: d, state: 'invalid' }]);
  });

  it('does not touch anybody else', async () => {
    await shop.tell(
      shop.event('customer.updated', { email: 'other@example.com' }, { customerId: 'd' }),
      cart('7', { customerId: 'd' }),
    );
    await shop.tell(shop.event('customer.erased', {}));
    expect(await states()).toEqual([{ state: 'open', because: null }]);
    expect(await shop.db.selectFrom('contact_points').selectAll().execute()).toHaveLength(1);
  });
});

describe('messages', () => {
  const wakes = journeys({ ...abandonedCart, wakesOn: ['message.replied'] });

  it('wake the run that sent them, and no other', async () => {
    await shop.close();
    shop = await openShop(wakes);
    await shop.tell(cart('7'));
    const sendId = await addDelivery(await idOf('c'));
    await shop.tell(cart('8', { customerId: 'd' }));
    const reply = shop.event(
      'message.replied',
      { sendId, text: 'Is it still there?' },
      { customerId: undefined },
    );
    await shop.tell(reply);
    const signals = await shop.db.selectFrom('outbox').selectAll().where('kind', '=', 'signal').execute();
    expect(signals).toHaveLength(1);
    expect(signals[0]?.payload).toMatchObject({ event: 'message.replied', ends: false });
    expect(JSON.stringify(signals[0]?.payload)).not.toContain('still there');
    expect(await shop.notes(reply)).toMatchObject([{ effect: 'woken' }]);
  });

  it('that bounce for good condemns the address for whoever has it; a soft bounce does not', async () => {
    await shop.tell(
      cart('7'),
      shop.event('customer.updated', { email: 'Mina@Example.com' }),
      shop.event('customer.updated', { email: 'mina@example.com' }, { customerId: 'd' }),
    );
    const sendId = await addDelivery(await idOf('c'));
    const bounce = (kind: 'hard' | 'soft') =>
      shop.event('message.bounced', { sendId, kind }, { customerId: undefined });
    await shop.tell(bounce('soft'));
    expect(await shop.db.selectFrom('suppressions').selectAll().execute()).toEqual([]);
    await shop.tell(bounce('hard'));
    expect(
      await shop.db.selectFrom('suppressions').select(['address_key', 'scope', 'reason']).execute(),
    ).toEqual([{ address_key: 'mina@example.com', scope: 'everything', reason: 'hard-bounce' }]);
    const points = await shop.db.selectFrom('contact_points').select('state').execute();
    expect(points).toEqual([{ state: 'invalid' }, { state: 'invalid' }]);
  });

  it('that are complained about silence marketing to the person and to the address', async () => {
    await shop.tell(cart('7'));
    const sendId = await addDelivery(await idOf('c'));
    await shop.tell(shop.event('message.complained', { sendId }, { customerId: undefined }));
    const words = await shop.db
      .selectFrom('suppressions')
      .select(['customer_id', 'address_key', 'scope'])
      .execute();
    expect(words).toEqual([
      { customer_id: await idOf('c'), address_key: null, scope: 'marketing' },
      { customer_id: null, address_key: 'mina@example.com', scope: 'marketing' },
    ]);
  });

  it('that we do not know are kept and change nothing', async () => {
    const unknown = shop.event('message.clicked', { sendId: newId() }, { customerId: undefined });
    expect(await shop.tell(unknown)).toEqual([{ id: unknown.id, status: 'accepted' }]);
    expect(await shop.notes(unknown)).toEqual([]);
  });
});

describe('consent', () => {
  const consent = (state: 'granted' | 'withdrawn', instant = shop.now()) =>
    shop.event(
      'consent.changed',
      { channel: 'email', purpose: 'marketing', state, basis: 'form' },
      at(instant),
    );

  it('that is dated ahead does not outlive a later withdrawal', async () => {
    await shop.tell(consent('granted', shop.now() + days(365)));
    expect(await judged('email')).toBe('pass');
    shop.wait(minutes(1));
    await shop.tell(consent('withdrawn'));
    expect(await judged('email')).toBe('skip');
  });

  it('that is dated ahead counts for nothing beside a withdrawal in the same call', async () => {
    await shop.tell(consent('granted', shop.now() + days(1)), consent('withdrawn'));
    expect(await judged('email')).toBe('skip');
  });

  it('that was given before and told after a withdrawal does not undo it', async () => {
    await shop.tell(consent('withdrawn', shop.now() + minutes(5)));
    shop.wait(minutes(4));
    await shop.tell(consent('granted', shop.now() - minutes(1)));
    expect(await judged('email')).toBe('skip');
  });
});

describe('facts', () => {
  it('say consent per channel when all channels are meant', async () => {
    await shop.tell(
      shop.event('consent.changed', {
        channel: 'all',
        purpose: 'marketing',
        state: 'withdrawn',
        basis: 'link',
      }),
    );
    const rows = await shop.db
      .selectFrom('current_consents')
      .select(['channel', 'state'])
      .orderBy('channel')
      .execute();
    expect(rows).toEqual([
      { channel: 'email', state: 'withdrawn' },
      { channel: 'sms', state: 'withdrawn' },
      { channel: 'whatsapp', state: 'withdrawn' },
    ]);
  });

  it('take refunds off the lines, never more than was bought, and call an order refunded once all is back', async () => {
    await shop.tell(
      shop.event('order.placed', {
        orderId: 'o-1',
        lines: [heart, { ...heart, quantity: 1 }, mug],
        total: { amount: 1615, currency: 'GBP' },
      }),
    );
    const refund = (amount: number, quantity: number) =>
      shop.event('order.refunded', {
        orderId: 'o-1',
        amount: { amount, currency: 'GBP' },
        lines: [{ variant: heart.variant, quantity }],
      });
    const seen = async () => ({
      lines: (
        await shop.db.selectFrom('order_lines').select('refunded_quantity').orderBy('line').execute()
      ).map((line) => line.refunded_quantity),
      state: (await shop.db.selectFrom('orders').select('state').executeTakeFirstOrThrow()).state,
    });
    await shop.tell(refund(255, 1));
    expect(await seen()).toEqual({ lines: [1, 0, 0], state: 'placed' });
    await shop.tell(refund(1360, 9));
    expect(await seen()).toEqual({ lines: [2, 1, 0], state: 'refunded' });
  });

  it.each([
    ['after', [0, 1, 2]],
    ['before', [1, 0, 2]],
  ] as const)('leave a refund in another currency, told %s them, out of the amount', async (_, turns) => {
    const refund = (amount: number, currency: string) =>
      shop.event('order.refunded', { orderId: 'o-1', amount: { amount, currency } });
    const lines = [{ ...heart, quantity: 1 }];
    const placed = { orderId: 'o-1', lines, total: { amount: 100, currency: 'GBP' } };
    const told = [shop.event('order.placed', placed), refund(100, 'JPY'), refund(40, 'GBP')] as const;
    for (const turn of turns) await shop.tell(told[turn]);
    const kept = () =>
      shop.db.selectFrom('orders').select(['state', 'refunded_amount']).executeTakeFirstOrThrow();
    expect(await kept()).toEqual({ state: 'placed', refunded_amount: 40 });
    await shop.tell(refund(60, 'GBP'));
    expect(await kept()).toEqual({ state: 'refunded', refunded_amount: 100 });
  });

  it('take refunds off the lines that were told before the order, each once', async () => {
    const refund = (quantity: number, orderId = 'o-1') =>
      shop.event('order.refunded', {
        orderId,
        amount: { amount: 255, currency: 'GBP' },
        lines: [{ variant: heart.variant, quantity }],
      });
    const whole = shop.event('order.placed', {
      orderId: 'o-1',
      lines: [{ ...heart, quantity: 5 }, mug],
      total: { amount: 2125, currency: 'GBP' },
    });
    const refunded = async () =>
      (await shop.db.selectFrom('order_lines').select('refunded_quantity').orderBy('line').execute()).map(
        (line) => line.refunded_quantity,
      );
    await shop.tell(refund(1), refund(4, 'o-2'));
    await shop.tell(refund(2));
    await shop.tell(refund(1), whole);
    expect(await refunded()).toEqual([4, 0]);
    await shop.tell({ ...whole, id: 'told-again' });
    expect(await refunded()).toEqual([4, 0]);
  });
});
