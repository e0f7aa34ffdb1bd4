import { beforeEach, describe, expect, test } from 'vitest';
import type { World } from '../../simulation/world.ts';
import { createShop, type Shop } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

// On its own, so that no other journey competes for the customer.
const openWorld = useWorlds({ only: ['replenishment'] });

let world: World;
let shop: Shop;
let orders = 0;

/** A Monday in March, at nine in London: the clocks go forward on the 29th. */
async function begin(startAt = '2027-03-01T09:00:00Z'): Promise<void> {
  world = await openWorld(startAt);
  shop = createShop(world);
  orders = 0;
  await shop.open();
  await world.track([
    shop.product('sencha', {
      title: 'Sencha',
      supplyDays: 10,
      price: { amount: 1450, currency: 'GBP' },
      stock: 9,
    }),
    shop.product('soap', { title: 'Oat soap', supplyDays: 24, stock: 9 }),
    shop.product('oil', { title: 'Olive oil', supplyDays: 60, stock: 9 }),
    shop.product('gin', { title: 'Dry gin', supplyDays: 30, ageRestricted: true, stock: 9 }),
  ]);
}

interface Item {
  readonly variant: string;
  readonly quantity?: number;
  readonly gift?: boolean;
}

function placed(customerId: string, items: readonly Item[], orderId = `r-${(orders += 1)}`) {
  const price = { amount: 1000, currency: 'GBP' };
  const lines = items.map((item) => ({ quantity: 1, price, ...item }));
  const total = { amount: 1000 * lines.length, currency: 'GBP' };
  return { orderId, event: { type: 'order.placed', customerId, data: { orderId, lines, total } } } as const;
}

function arrived(
  customerId: string,
  orderId: string,
  lines?: readonly { variant: string; quantity: number }[],
) {
  const shipmentId = `${orderId}-${lines?.[0]?.variant ?? 'all'}`;
  const data = { shipmentId, orderId, ...(lines === undefined ? {} : { lines: [...lines] }) };
  return { type: 'shipment.delivered', customerId, data } as const;
}

/** Ordered, and at the door the moment after. */
async function buy(customerId: string, ...items: readonly Item[]): Promise<string> {
  const { orderId, event } = placed(customerId, items);
  await world.track(event);
  await world.track(arrived(customerId, orderId));
  return orderId;
}

const subjects = () => world.outbox().map(({ subject }) => subject);
/** Day and message, without the road and the address. */
const told = () => shop.received().map((line) => line.replace(/ by .*/, ''));

describe('what was delivered', () => {
  beforeEach(async () => begin());

  test('is reminded of six days before it is used up, ten days later, and with an invitation after thirty', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'sencha', quantity: 3 });
    await world.advance('90 days');

    // Thirty days, of which the last weeks are reckoned in summer time: days of 24 hours, not of the wall clock.
    expect(told()).toEqual([
      '2027-03-25T09:00 replenishment-reminder',
      '2027-04-04T09:00 replenishment-last',
      '2027-04-24T09:00 replenishment-subscription',
    ]);
    expect(subjects()[0]).toContain('Sencha');
    expect(await shop.ends()).toEqual(['replenishment: not-bought-again']);
  });

  test('is not reminded of before half of it is used', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'sencha' });
    await world.advance('6 days');

    expect(told()).toEqual(['2027-03-06T09:00 replenishment-reminder']);
  });

  test('is not reminded of when nobody knows how long it lasts, and the exit says so', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'mug' });
    await world.advance('90 days');

    expect(told()).toEqual([]);
    expect(await shop.ends()).toEqual(['replenishment: no-known-supply']);
  });

  test('is not reminded of when it was a gift', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'sencha', quantity: 3, gift: true });
    await world.advance('90 days');

    expect(told()).toEqual([]);
    expect(await shop.ends()).toEqual([]);
  });

  test('is not reminded of when nobody else should read about it', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'gin' });
    await world.advance('90 days');

    expect(told()).toEqual([]);
    expect(await shop.ends()).toEqual(['replenishment: discreet']);
  });

  test('is not offered while it is sold out', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'sencha', quantity: 3 });
    await world.track(shop.product('sencha', { stock: 0 }));
    await world.advance('30 days');

    expect(told()).toEqual([]);
    expect(await shop.withheld()).toContain('replenishment-reminder#1 skipped: nothing-to-say');
  });

  test('is reminded of with its price of now, in Korean by text message', async () => {
    await world.track(shop.product('sencha', { titles: { ko: '센차' } }));
    await shop.greet('minji', {
      locale: 'ko-KR',
      country: 'KR',
      timeZone: 'Asia/Seoul',
      consents: ['sms'],
      phone: '+821012345678',
    });
    await buy('minji', { variant: 'sencha', quantity: 3 });
    await world.advance('25 days');

    const [message] = world.outbox();
    expect(message?.channel).toBe('sms');
    expect(message?.text).toMatch(/^\(광고\)/);
    expect(message?.text).toContain('센차');
  });
});

describe('what ends it', () => {
  beforeEach(async () => begin());

  test('the same order placed again, at once', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'sencha', quantity: 3 });
    await world.advance('10 days');
    await world.track(placed('mina', [{ variant: 'sencha' }]).event);

    expect(await shop.ends()).toEqual(['replenishment: order.placed']);
    await world.advance('90 days');
    expect(told()).toEqual([]);
  });

  test('another product of the same family bought instead', async () => {
    await world.track([
      shop.product('sencha', { family: 'tea' }),
      shop.product('hojicha', { title: 'Hojicha', family: 'tea' }),
    ]);
    await shop.greet('mina');
    await buy('mina', { variant: 'sencha', quantity: 3 });
    await world.advance('10 days');
    await world.track(placed('mina', [{ variant: 'hojicha' }]).event);
    await world.advance('90 days');

    expect(told()).toEqual([]);
    expect(await shop.ends()).toEqual(['replenishment: bought-again']);
  });

  test('not an order of something else, nor a gift of the same', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'sencha', quantity: 3 });
    await world.track(placed('mina', [{ variant: 'mug' }, { variant: 'sencha', gift: true }]).event);
    await world.advance('25 days');

    expect(told()).toEqual(['2027-03-25T09:00 replenishment-reminder']);
  });

  test('not the order of somebody else', async () => {
    await shop.greet('mina');
    await shop.greet('tom');
    await buy('mina', { variant: 'sencha', quantity: 3 });
    await world.track(placed('tom', [{ variant: 'sencha' }]).event);
    await world.advance('25 days');

    expect(told()).toHaveLength(1);
  });

  test('a refund of all of it', async () => {
    await shop.greet('mina');
    const orderId = await buy('mina', { variant: 'sencha', quantity: 3 });
    const amount = { amount: 1000, currency: 'GBP' };
    await world.track({ type: 'order.refunded', customerId: 'mina', data: { orderId, amount } });
    await world.advance('90 days');

    expect(told()).toEqual([]);
    expect(await shop.ends()).toEqual(['replenishment: order.refunded']);
  });

  test('a return of one product, for that product', async () => {
    await shop.greet('mina');
    const orderId = await buy('mina', { variant: 'sencha', quantity: 3 }, { variant: 'oil' });
    const lines = [{ variant: 'sencha', quantity: 3 }];
    await world.track({
      type: 'return.received',
      customerId: 'mina',
      data: { returnId: 'b', orderId, lines },
    });
    await world.advance('56 days');

    expect(told()).toEqual(['2027-04-24T09:00 replenishment-reminder']);
    expect(subjects()[0]).toContain('Olive oil');
  });

  test('not a refund of one unit: it brings nothing forward, and nothing is lost', async () => {
    await shop.greet('mina');
    const orderId = await buy('mina', { variant: 'sencha', quantity: 3 });
    const amount = { amount: 300, currency: 'GBP' };
    const lines = [{ variant: 'sencha', quantity: 1 }];
    await world.track({ type: 'order.refunded', customerId: 'mina', data: { orderId, amount, lines } });
    await world.advance('25 days');

    expect(told()).toEqual(['2027-03-25T09:00 replenishment-reminder']);
  });
});

describe('what is due together', () => {
  beforeEach(async () => begin());

  test('shares one message: five products, three of them due within five days', async () => {
    await world.track([
      shop.product('a', { title: 'Apricots', supplyDays: 30 }),
      shop.product('b', { title: 'Beans', supplyDays: 33 }),
    ]);
    await shop.greet('mina');
    await buy(
      'mina',
      { variant: 'sencha', quantity: 3 },
      { variant: 'a' },
      { variant: 'b' },
      { variant: 'oil' },
    );
    await world.advance('33 days');

    expect(told()).toEqual(['2027-03-25T09:00 replenishment-reminder']);
    const text = world.outbox()[0]?.text;
    expect(text).toContain('Apricots');
    expect(text).toContain('Beans');
    expect(text).not.toContain('Olive oil');
  });

  test('shares it across orders: the second order finds its product told of, and says so', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'sencha', quantity: 3 });
    await world.advance('9 days');
    await buy('mina', { variant: 'soap' });
    await world.advance('21 days');

    // 24 and 27 days after the first of March.
    expect(told()).toEqual(['2027-03-25T09:00 replenishment-reminder']);
    expect(world.outbox()[0]?.text).toContain('Oat soap');
    await world.advance('60 days');
    expect(told()).toHaveLength(3);
  });

  test('does not share it when six days lie between', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'sencha', quantity: 3 });
    await world.advance('12 days');
    await buy('mina', { variant: 'soap' });
    await world.advance('20 days');

    expect(told()).toEqual([
      '2027-03-25T09:00 replenishment-reminder',
      '2027-03-31T09:00 replenishment-reminder',
    ]);
  });

  test('is six messages an order at most, however many things it brought', async () => {
    const things = Array.from({ length: 8 }, (_, index) => `thing-${index}`);
    await world.track(
      things.map((thing, index) => shop.product(thing, { title: thing, supplyDays: 20 + 12 * index })),
    );
    await shop.greet('mina');
    await buy('mina', ...things.map((variant) => ({ variant })));
    await world.advance('160 days');

    expect(told()).toHaveLength(6);
    expect(await shop.ends()).toEqual(['replenishment: not-bought-again']);
  });

  test('waits for the parcels of a split order, and for five days at most', async () => {
    await shop.greet('mina');
    const { orderId, event } = placed('mina', [{ variant: 'sencha', quantity: 3 }, { variant: 'soap' }]);
    await world.track(event);
    await world.track(arrived('mina', orderId, [{ variant: 'sencha', quantity: 3 }]));
    await world.advance('9 days');
    // Later than anybody waits for it; it is planned all the same.
    await world.track(arrived('mina', orderId, [{ variant: 'soap', quantity: 1 }]));
    await world.advance('20 days');

    expect(told()).toEqual(['2027-03-25T09:00 replenishment-reminder']);
    expect(world.outbox()[0]?.text).toContain('Oat soap');
    expect(await shop.ends()).toEqual(['replenishment: open']);
  });
});

describe('how long it lasts when the shop does not say', () => {
  beforeEach(async () => begin());

  test('is the customer’s own rhythm, from the third purchase on', async () => {
    await shop.greet('mina');
    await buy('mina', { variant: 'mug' });
    await world.advance('20 days');
    await buy('mina', { variant: 'mug' });
    await world.advance('30 days');
    expect(told()).toEqual([]);

    await buy('mina', { variant: 'mug' });
    await world.advance('25 days');
    // Gaps of 20 and 30 days: the third of them, from 20 April, lasts 25.
    expect(told()).toEqual(['2027-05-09T09:00 replenishment-reminder']);
  });

  test('is the rhythm of thirty others, and not of twenty-nine', async () => {
    const buyers = Array.from({ length: 30 }, (_, index) => `buyer-${index}`);
    const mugs = (who: readonly string[]) => who.map((each) => placed(each, [{ variant: 'mug' }]).event);
    await world.track(mugs(buyers));
    await world.advance('40 days');
    await world.track(mugs(buyers.slice(1)));
    await shop.greet('mina');
    await shop.greet('nari');
    await buy('mina', { variant: 'mug' });
    // What was reckoned is kept for a week.
    await world.advance('8 days');
    await world.track(mugs(buyers.slice(0, 1)));
    await buy('nari', { variant: 'mug' });
    await world.advance('70 days');

    expect(shop.received()).toHaveLength(3);
    expect(world.outbox().every(({ to }) => to === 'nari@example.com')).toBe(true);
    const ends = await shop.ends();
    expect(ends).toEqual(['replenishment: no-known-supply', 'replenishment: not-bought-again']);
  });
});
