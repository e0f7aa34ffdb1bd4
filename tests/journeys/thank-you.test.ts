import { beforeEach, describe, expect, test } from 'vitest';
import type { EventData } from '../../domain/events/catalogue.ts';
import type { World, WorldEvent } from '../../simulation/world.ts';
import { createShop, mug, tea, type Shop, type Somebody } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

type Line = EventData<'order.placed'>['lines'][number];

const openWorld = useWorlds({ only: ['thank-you'] });

let world: World;
let shop: Shop;

/** A Monday in March, at nine in London. */
beforeEach(async () => {
  world = await openWorld('2026-03-02T09:00:00Z');
  shop = createShop(world);
  await shop.open();
});

const paid = (orderId: string): WorldEvent => ({
  type: 'order.paid',
  customerId: 'mina',
  data: { orderId },
});
const cancelled = (orderId: string): WorldEvent => ({
  type: 'order.cancelled',
  customerId: 'mina',
  data: { orderId },
});
const refunded = (
  orderId: string,
  amount: number,
  lines?: EventData<'order.refunded'>['lines'],
): WorldEvent => ({
  type: 'order.refunded',
  customerId: 'mina',
  data: { orderId, amount: { amount, currency: 'GBP' }, ...(lines && { lines }) },
});

/** Mina orders and pays; the orders are called order-1, order-2 and so on. */
async function buy(lines: readonly Line[] = [tea], somebody?: Somebody): Promise<void> {
  if (somebody !== undefined) await shop.greet('mina', somebody);
  const order = shop.order('mina', { lines });
  const { orderId } = order.data as EventData<'order.placed'>;
  await world.track([order, paid(orderId)]);
}

const lastText = () => world.outbox().at(-1)?.text ?? '';
const lastSubject = () => world.outbox().at(-1)?.subject ?? '';

describe('thanks for a first order', () => {
  test('come an hour after it was paid, and a guide three days later', async () => {
    await buy([tea], {});
    await world.advance('14 days');
    expect(shop.received()).toEqual([
      '2026-03-02T10:00 thank-you-first by email to mina@example.com',
      '2026-03-05T10:00 first-order-guide by email to mina@example.com',
    ]);
    expect(await shop.ends()).toEqual(['thank-you: guided']);
  });

  test('do not come for an order that was placed and never paid', async () => {
    await shop.greet('mina');
    await world.track(shop.order('mina'));
    await world.advance('7 days');
    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual([]);
  });

  test('name what was bought, in the customer’s language', async () => {
    await buy([tea, mug], { locale: 'ko-KR', familyName: '김', givenName: '민아' });
    await world.advance('1 hour');
    expect(lastSubject()).toBe('김민아님, 첫 주문 고맙습니다');
    expect(lastText()).toContain('녹차');
    expect(lastText()).toContain('파란 머그');
    expect(lastText()).not.toContain('Green tea');
  });

  test('come by text message where there is no e-mail, and at a decent hour', async () => {
    await world.advance('13 hours');
    await buy([tea], { consents: ['sms'] });
    await world.advance('1 day');
    expect(shop.received()).toEqual(['2026-03-03T10:00 thank-you-first by sms to +447700900123']);
    expect(lastText()).toContain('Green tea');
  });
});

describe('thanks for a later order', () => {
  test('say that it is good to see them again, and bring no guide', async () => {
    await buy([tea], {});
    await world.advance('10 days');
    await buy([mug]);
    await world.advance('10 days');
    expect(shop.received().slice(2)).toEqual([
      '2026-03-12T10:00 thank-you-again by email to mina@example.com',
    ]);
    expect(await shop.ends()).toEqual(['thank-you: guided', 'thank-you: thanked']);
    expect(lastText()).toContain('Blue mug');
    expect(lastText()).not.toContain('Green tea');
  });

  test('come once a day, however many orders follow each other', async () => {
    await buy([tea], {});
    await world.advance('20 minutes');
    await buy([mug]);
    await world.advance('5 hours');
    await buy([mug]);
    await world.advance('10 days');
    expect(shop.received()).toEqual([
      '2026-03-02T10:00 thank-you-first by email to mina@example.com',
      '2026-03-05T10:00 first-order-guide by email to mina@example.com',
    ]);
  });

  test('are of the customer’s own day: midnight has passed in Seoul', async () => {
    await world.advanceTo('2026-03-02T14:00:00Z');
    await buy([tea], { timeZone: 'Asia/Seoul' });
    await world.advance('90 minutes');
    await buy([mug]);
    expect(await shop.ends()).toHaveLength(2);
  });
});

describe('nobody is thanked', () => {
  test('for an order that was cancelled, before the thanks or before the guide', async () => {
    await buy([tea], {});
    await world.advance('59 minutes');
    await world.track(cancelled('order-1'));
    await world.advance('7 days');
    expect(shop.received()).toEqual([]);

    await buy();
    await world.advance('2 days');
    await world.track(cancelled('order-2'));
    await world.advance('7 days');
    expect(shop.received()).toHaveLength(1);
    expect(await shop.ends()).toEqual(['thank-you: order.cancelled', 'thank-you: order.cancelled']);
  });

  test('for an order cancelled after midnight, either', async () => {
    await world.advanceTo('2026-03-02T23:30:00Z');
    await buy([tea], {});
    await world.advance('45 minutes');
    await world.track(cancelled('order-1'));
    await world.advance('7 days');
    expect(shop.received()).toEqual([]);
  });

  test('for an order whose every line was refunded, though the postage was kept', async () => {
    await buy([tea, mug], {});
    await world.track(
      refunded('order-1', 700, [
        { variant: 'tea', quantity: 2 },
        { variant: 'mug', quantity: 1 },
      ]),
    );
    await world.advance('7 days');
    expect(shop.received()).toEqual([]);
    expect(await shop.ends()).toEqual(['thank-you: order.refunded']);
  });

  test('for an order whose whole amount was refunded', async () => {
    await buy([tea], {});
    await world.track(refunded('order-1', 900));
    await world.advance('7 days');
    expect(shop.received()).toEqual([]);
  });

  test('without their consent', async () => {
    await buy([tea], { consents: [], email: 'mina@example.com' });
    await world.advance('7 days');
    expect(await shop.ends()).toEqual(['thank-you: no-consent']);
  });

  test('who has opted out between the thanks and the guide', async () => {
    await buy([tea], {});
    await world.advance('1 day');
    await world.track(shop.consent('mina', 'email', 'withdrawn'));
    await world.advance('7 days');
    expect(shop.received()).toHaveLength(1);
  });

  test('who buys for a business', async () => {
    await buy([tea], { kind: 'business' });
    await world.advance('7 days');
    expect(await shop.ends()).toEqual([]);
  });

  test('for an order of which nobody has told a line', async () => {
    await shop.greet('mina');
    await world.track(paid('told-by-its-payment'));
    await world.advance('7 days');
    expect(await shop.withheld()).toEqual(['thank-you-first#1 skipped: nothing-to-say']);
  });

  test('for an order of last week that is told today, or for history', async () => {
    await shop.greet('mina');
    await world.track([
      { ...shop.order('mina'), occurredAt: '2026-02-23T09:00:00Z' },
      { ...paid('order-1'), occurredAt: '2026-02-23T09:00:00Z' },
    ]);
    await world.track([
      { ...shop.order('mina'), backfill: true },
      { ...paid('order-2'), backfill: true },
    ]);
    await world.advance('7 days');
    expect(await shop.ends()).toEqual([]);
  });
});

describe('thanks go on', () => {
  test('after a partial refund, without the refunded line', async () => {
    await buy([tea, mug], {});
    await world.track(refunded('order-1', 450, [{ variant: 'tea', quantity: 2 }]));
    await world.advance('1 hour');
    expect(lastText()).toContain('Blue mug');
    expect(lastText()).not.toContain('Green tea');
  });

  test('after another order of the same day was cancelled', async () => {
    await buy([tea], {});
    await buy([mug]);
    await world.track(cancelled('order-2'));
    await world.advance('1 hour');
    expect(shop.received()).toHaveLength(1);
    expect(lastText()).toContain('Green tea');
  });

  test('for the order that took the place of a cancelled one', async () => {
    await buy([tea], {});
    await world.advance('10 minutes');
    await world.track(cancelled('order-1'));
    await buy([mug]);
    await world.advance('2 hours');
    expect(shop.received()).toEqual(['2026-03-02T10:10 thank-you-first by email to mina@example.com']);
    expect(lastText()).toContain('Blue mug');
  });
});

describe('what may not be read by others', () => {
  test('no price is in the thanks, of a gift or of anything else, and a gift is called one', async () => {
    await buy([tea, { ...mug, gift: true }], {});
    await world.advance('1 hour');
    expect(lastText()).toContain('a gift');
    expect(`${lastText()} ${world.outbox().at(-1)?.html ?? ''}`).not.toMatch(/£|4\.50|12\.00|9\.00/);
  });

  test('a gift, an age-restricted or a sensitive product is in no subject and no text message', async () => {
    await world.track([
      shop.product('gin', { title: 'Harbour gin', ageRestricted: true }),
      shop.product('test', { title: 'Home test', sensitive: true }),
    ]);
    const lines = [
      { ...tea, variant: 'gin' },
      { ...tea, variant: 'test' },
      { ...mug, gift: true },
    ];
    await buy(lines, {});
    await world.advance('1 hour');
    expect(lastSubject()).toBe('Thank you for your first order');
    expect(lastText()).toContain('Harbour gin');

    await shop.greet('mina', { consents: ['sms'], email: undefined });
    await world.track(shop.consent('mina', 'email', 'withdrawn'));
    await world.advance('8 days');
    await buy(lines);
    await world.advance('3 hours');
    expect(world.outbox().at(-1)?.channel).toBe('sms');
    expect(lastText()).not.toMatch(/gin|Home test|mug/i);
  });

  test('the first product that others may read of is in the subject', async () => {
    await world.track(shop.product('gin', { title: 'Harbour gin', ageRestricted: true }));
    await buy([{ ...tea, variant: 'gin' }, mug], {});
    await world.advance('1 hour');
    expect(lastSubject()).toBe('Thank you for choosing Blue mug');
  });
});

describe('the guide', () => {
  test('has words for the kinds of things that were bought, and for no others', async () => {
    await world.track([
      shop.product('tea', { category: 'Food & drink' }),
      shop.product('mug', { category: 'Kitchen' }),
    ]);
    await buy([tea, mug], {});
    await world.advance('4 days');
    expect(lastSubject()).toBe('Getting the most out of Green tea');
    expect(lastText()).toContain('Keep it cool, dry and closed');
    expect(lastText()).not.toMatch(/Charge it|wrist/);
  });
});
