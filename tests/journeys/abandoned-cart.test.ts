import { beforeEach, describe, expect, test } from 'vitest';
import type { World, WorldOptions } from '../../simulation/world.ts';
import { createShop, mug, tea, type Shop } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

const openWorld = useWorlds();

let world: World;
let shop: Shop;

/** A Monday in March, at nine in London. */
async function begin(startAt = '2026-03-02T09:00:00Z', options: Partial<WorldOptions> = {}): Promise<void> {
  world = await openWorld(startAt, options);
  shop = createShop(world);
  await shop.open();
}

describe('an abandoned cart', () => {
  beforeEach(async () => begin());

  test('brings a reminder after four hours, another after a day, and no more', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('14 days');

    expect(shop.received()).toEqual([
      '2026-03-02T13:00 cart-reminder by email to mina@example.com',
      '2026-03-03T09:00 cart-reminder-last by email to mina@example.com',
    ]);
    expect(await shop.ends()).toEqual(['abandoned-cart: not-recovered']);
  });

  test('does not begin with an empty cart', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a', []));
    await world.advance('7 days');

    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual([]);
  });

  test('is not abandoned while it is still being edited', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('3 hours');
    await world.track(shop.cart('mina', 'a', [tea, mug]));
    await world.advance('3 hours');
    expect(shop.received()).toEqual([]);

    await world.advance('1 hour');
    expect(shop.received()).toEqual(['2026-03-02T16:00 cart-reminder by email to mina@example.com']);
  });

  test('is not mentioned again when it was bought within four hours', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('1 hour');
    await world.track(shop.order('mina', { cartId: 'a' }));
    await world.advance('7 days');

    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual(['abandoned-cart: order.placed']);
  });

  test('is not mentioned again when it was bought after the first reminder', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('5 hours');
    await world.track(shop.order('mina', { cartId: 'a' }));
    await world.advance('7 days');

    expect(shop.received()).toHaveLength(1);
    expect(await shop.ends()).toEqual(['abandoned-cart: order.placed']);
  });

  test('is quiet after an order on another device, by phone or at the counter, which knows of no cart', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('2 hours');
    await world.track(shop.order('mina'));
    await world.advance('7 days');

    expect(shop.received()).toEqual([]);
  });

  test('is not quiet after somebody else’s order', async () => {
    await shop.greet('mina');
    await shop.greet('tom');
    await world.track(shop.cart('mina', 'a'));
    await world.track(shop.order('tom'));
    await world.advance('4 hours');

    expect(shop.received()).toEqual(['2026-03-02T13:00 cart-reminder by email to mina@example.com']);
  });

  test('is quiet when it was emptied', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('1 hour');
    await world.track({ type: 'cart.emptied', customerId: 'mina', data: { cartId: 'a' } });
    await world.advance('7 days');

    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual(['abandoned-cart: cart.emptied']);
  });

  test('is handed over when a checkout starts', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('30 minutes');
    await world.track(shop.checkout('mina', 'a'));
    await world.advance('10 days');

    expect(shop.received()).toEqual([
      '2026-03-02T10:30 checkout-reminder by email to mina@example.com',
      '2026-03-03T09:30 checkout-reminder-help by email to mina@example.com',
      '2026-03-05T09:30 checkout-reminder-last by email to mina@example.com',
    ]);
    expect(await shop.ends()).toEqual([
      'abandoned-cart: checkout.started',
      'abandoned-checkout: not-recovered',
    ]);
  });

  test('does not speak when a newer cart does', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('1 hour');
    await world.track(shop.cart('mina', 'b', [mug]));
    await world.advance('4 hours');

    expect(shop.received()).toEqual(['2026-03-02T14:00 cart-reminder by email to mina@example.com']);
    expect(world.outbox()[0]?.text).toContain('Blue mug');
    expect(world.outbox()[0]?.text).not.toContain('Green tea');
    expect(await shop.ends()).toEqual(['abandoned-cart: cart.superseded', 'abandoned-cart: open']);
  });

  test('speaks again when the older one of two is touched again', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('1 hour');
    await world.track(shop.cart('mina', 'b', [mug]));
    await world.advance('1 hour');
    await world.track(shop.cart('mina', 'a', [tea, mug]));
    await world.advance('4 hours');

    expect(shop.received()).toEqual(['2026-03-02T15:00 cart-reminder by email to mina@example.com']);
    expect(world.outbox()[0]?.text).toContain('Green tea');
  });

  test('does not begin twice in one cycle, and does in the next', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('7 days');
    await world.track(shop.cart('mina', 'a', [tea, mug]));
    await world.advance('7 days');
    expect(await shop.ends()).toEqual(['abandoned-cart: not-recovered']);

    await world.track(shop.order('mina', { cartId: 'a' }));
    await world.advance('1 day');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('7 days');
    expect(await shop.ends()).toEqual(['abandoned-cart: not-recovered', 'abandoned-cart: not-recovered']);
  });
});

describe('what the reminder says', () => {
  beforeEach(async () => begin());

  test('leaves out what is sold out or no longer sold', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a', [tea, mug]));
    await world.track(shop.product('tea', { stock: 0 }));
    await world.advance('4 hours');
    const [mail] = world.outbox();
    expect(mail?.text).toContain('Blue mug');
    expect(mail?.html).toContain('Blue mug');
    expect(mail?.text).not.toContain('Green tea');
  });

  test('is nothing when all of it is gone, and that is said in the ledger', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a', [tea, mug]));
    await world.track([shop.product('tea', { stock: 0 }), shop.product('mug', { removed: true })]);
    await world.advance('7 days');

    expect(shop.received()).toEqual([]);
    expect(await shop.withheld()).toEqual(['cart-reminder#1 skipped: nothing-to-say']);
    expect(await shop.ends()).toEqual(['abandoned-cart: nothing-to-say']);
  });

  test('names the price of now, not the one that was seen', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a', [mug]));
    await world.track(shop.product('mug', { price: { amount: 999, currency: 'GBP' } }));
    await world.advance('4 hours');

    expect(world.outbox()[0]?.text).toContain('£9.99');
  });

  test('is written in Korean, with won that have no decimals', async () => {
    await world.track(shop.product('tea', { price: { amount: 12_900, currency: 'KRW' } }));
    await shop.greet('minji', {
      locale: 'ko-KR',
      timeZone: 'Asia/Seoul',
      familyName: '김',
      givenName: '민지',
    });
    const inWon = { ...tea, quantity: 1, price: { amount: 12_900, currency: 'KRW' } };
    await world.track(shop.cart('minji', 'a', [inWon]));
    await world.advance('4 hours');

    const [mail] = world.outbox();
    expect(mail?.language).toBe('ko');
    expect(mail?.text).toContain('녹차');
    expect(mail?.text).toMatch(/₩12,900(?!\.)/);
    expect(mail?.text).toContain('김민지님');
  });
});

describe('who is behind a cart', () => {
  beforeEach(async () => begin());

  test('a guest’s cart is remembered for the customer they turn out to be', async () => {
    await world.track({
      type: 'cart.updated',
      anonymousId: 'browser-1',
      data: { cartId: 'a', items: [tea] },
    });
    await world.advance('1 hour');
    await shop.greet('mina');
    await world.track({
      type: 'customer.identified',
      customerId: 'mina',
      data: { anonymousId: 'browser-1', customerId: 'mina' },
    });
    await world.advance('3 hours');

    expect(shop.received()).toEqual(['2026-03-02T13:00 cart-reminder by email to mina@example.com']);
  });

  test('a guest who stays unknown gets nothing, and the ledger says why', async () => {
    await world.track({
      type: 'cart.updated',
      anonymousId: 'browser-1',
      data: { cartId: 'a', items: [tea] },
    });
    await world.advance('7 days');

    expect(shop.received()).toEqual([]);
    expect(await shop.withheld()).toEqual(['cart-reminder#1 skipped: unreachable']);
  });

  test('an order under another name quiets the cart once the two are known to be one', async () => {
    await shop.greet('mina');
    await shop.greet('mina-at-work');
    await world.track(shop.cart('mina', 'a'));
    await world.track(shop.order('mina-at-work'));
    await world.track({ type: 'customer.merged', data: { from: 'mina-at-work', into: 'mina' } });
    await world.advance('7 days');

    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual(['abandoned-cart: order.placed']);
  });

  test('a business customer is not reminded', async () => {
    await shop.greet('acme', { kind: 'business' });
    await world.track(shop.cart('acme', 'a'));
    await world.advance('7 days');
    expect(await shop.ends()).toEqual([]);
  });

  test('an erased customer is not reminded', async () => {
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('5 hours');
    await world.track({ type: 'customer.erased', customerId: 'mina', data: {} });
    await world.advance('7 days');
    expect(shop.received()).toHaveLength(1);
    expect(await shop.ends()).toEqual(['abandoned-cart: customer.erased']);
  });
});

describe('when and whether it may be sent', () => {
  test('an opt-out while the run waits stops what is still to come', async () => {
    await begin();
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('5 hours');
    await world.track(shop.consent('mina', 'email', 'withdrawn'));
    await world.advance('7 days');

    expect(shop.received()).toHaveLength(1);
    expect(await shop.withheld()).toEqual(['cart-reminder-last#1 skipped: no-consent']);
  });

  test('nobody gets a text message at night; it waits for the morning', async () => {
    await begin('2026-03-02T17:00:00Z');
    await shop.greet('mina', { consents: ['sms'] });
    await world.track(shop.cart('mina', 'a'));
    await world.advance('1 day');

    expect(shop.received()).toEqual(['2026-03-03T10:00 cart-reminder by sms to +447700900123']);
  });

  test('an order during the night ends what waits for the morning', async () => {
    await begin('2026-03-02T17:00:00Z');
    await shop.greet('mina', { consents: ['sms'] });
    await world.track(shop.cart('mina', 'a'));
    await world.advance('8 hours');
    await world.track(shop.order('mina'));
    await world.advance('2 days');

    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual(['abandoned-cart: order.placed']);
  });

  test('the morning comes an hour earlier in UTC after the clocks go forward', async () => {
    await begin('2026-03-28T17:00:00Z');
    await shop.greet('mina', { consents: ['sms'] });
    await world.track(shop.cart('mina', 'a'));
    await world.advance('1 day');

    expect(shop.received()).toEqual(['2026-03-29T09:00 cart-reminder by sms to +447700900123']);
  });

  test('the morning comes an hour later in UTC after the clocks go back', async () => {
    await begin('2026-10-31T20:00:00Z');
    await shop.greet('joe', { consents: ['sms'], timeZone: 'America/New_York', country: 'US', region: 'NY' });
    await world.track(shop.cart('joe', 'a'));
    await world.advance('1 day');

    expect(shop.received()).toEqual(['2026-11-01T15:00 cart-reminder by sms to +447700900123']);
  });

  test('cart and checkout share one text message in 48 hours', async () => {
    await begin();
    await shop.greet('mina', { consents: ['sms'] });
    await world.track(shop.cart('mina', 'a'));
    await world.advance('5 hours');
    await world.track(shop.checkout('mina', 'a'));
    await world.advance('40 hours');
    expect(shop.received()).toEqual(['2026-03-02T13:00 cart-reminder by sms to +447700900123']);

    await world.advance('10 days');
    const times = world.outbox().map(({ at }) => at);
    for (const [index, at] of times.entries()) {
      if (index > 0) expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(48 * 3_600_000);
    }
  });

  test('a second journey waits until a day after the first one’s message', async () => {
    await begin();
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('5 hours');
    await world.track(shop.cart('mina', 'b', [mug]));
    await world.advance('3 days');

    expect(shop.received()[0]).toBe('2026-03-02T13:00 cart-reminder by email to mina@example.com');
    expect(shop.received()[1]).toBe('2026-03-03T13:00 cart-reminder by email to mina@example.com');
    const [, second] = await world.deliveries();
    expect(second?.deferrals).toMatchObject([{ reason: 'frequency-cap' }]);
  });
});

describe('events that come late, twice or in the wrong order', () => {
  beforeEach(async () => {
    await begin();
    await shop.greet('mina');
  });

  test('a cart that is heard of after its order starts nothing', async () => {
    await world.advance('1 hour');
    await world.track(shop.order('mina'));
    await world.track({ ...shop.cart('mina', 'a'), occurredAt: '2026-03-02T09:30:00Z' });
    await world.advance('7 days');
    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual([]);
  });

  test('an order that is told late still quiets the cart: rather one reminder too few than one too many', async () => {
    await world.advance('1 hour');
    await world.track(shop.cart('mina', 'a'));
    await world.track({ ...shop.order('mina'), occurredAt: '2026-03-02T09:30:00Z' });
    await world.advance('7 days');
    expect(shop.received()).toEqual([]);
  });

  test('the same event twice is one event', async () => {
    const cart = { ...shop.cart('mina', 'a'), id: 'the-same', occurredAt: '2026-03-02T09:00:00Z' };
    await world.track([cart]);
    const [again] = await world.track(cart);
    expect(again).toMatchObject({ status: 'duplicate' });
    await world.advance('7 days');
    expect(shop.received()).toHaveLength(2);
  });

  test('a cart of the day before yesterday starts nothing', async () => {
    await world.track({ ...shop.cart('mina', 'a'), occurredAt: '2026-02-28T09:00:00Z' });
    await world.advance('7 days');
    expect(await shop.ends()).toEqual([]);
  });

  test('history that is imported starts nothing', async () => {
    await world.track({ ...shop.cart('mina', 'a'), backfill: true });
    await world.advance('7 days');
    expect(await shop.ends()).toEqual([]);
  });

  test('a cart of three hours ago is answered an hour from now', async () => {
    await world.track({ ...shop.cart('mina', 'a'), occurredAt: '2026-03-02T06:00:00Z' });
    await world.advance('1 hour');
    expect(shop.received()).toEqual(['2026-03-02T10:00 cart-reminder by email to mina@example.com']);
  });
});

describe('when a worker dies', () => {
  test('the story goes on with the next one, and nothing is sent twice', async () => {
    await begin();
    await shop.greet('mina');
    await world.track(shop.cart('mina', 'a'));
    await world.advance('5 hours');
    await world.restartWorker();
    await world.advance('7 days');
    expect(shop.received()).toEqual([
      '2026-03-02T13:00 cart-reminder by email to mina@example.com',
      '2026-03-03T09:00 cart-reminder-last by email to mina@example.com',
    ]);
  });
});
