import { beforeEach, describe, expect, test } from 'vitest';
import type { World } from '../../simulation/world.ts';
import { createShop, mug, tea, type Shop } from '../kit/shop.ts';
import { useWorlds } from '../kit/world.ts';

// On its own, so that no other journey competes for the customer.
const openWorld = useWorlds({ only: ['post-holiday-recap'] });

let world: World;
let shop: Shop;

async function begin(startAt = '2026-12-10T09:00:00Z'): Promise<void> {
  world = await openWorld(startAt);
  shop = createShop(world);
  await shop.open();
  await world.track([
    shop.product('gin', { title: 'Dry gin', ageRestricted: true, stock: 9 }),
    shop.product('tea', { category: 'Tea' }),
  ]);
}

type Lines = Parameters<Shop['order']>[1];

async function buy(customerId: string, options: Lines = {}): Promise<string> {
  const placed = shop.order(customerId, options);
  if (placed.type !== 'order.placed') throw new Error('not an order');
  const { orderId } = placed.data;
  await world.track([placed, { type: 'order.paid', customerId, data: { orderId } }]);
  return orderId;
}

/** Day, hour and message. */
const told = () => shop.received().map((line) => line.replace(/ by .*/, ''));
const recap = () => world.outbox().find(({ message }) => message === 'holiday-recap');

const wholeSeason = [
  '2026-12-13T09:00 holiday-thanks',
  '2026-12-20T09:00 holiday-care',
  '2027-01-05T10:00 holiday-recap',
  '2027-02-15T10:00 holiday-offer',
];

describe('an order of the Christmas season', () => {
  beforeEach(async () => begin());

  test('brings thanks, care, a recap in the first week of January and an offer in the middle of February', async () => {
    await shop.greet('mina');
    await buy('mina');
    await world.advance('80 days');

    expect(told()).toEqual(wholeSeason);
    expect(await shop.ends()).toEqual(['post-holiday-recap: offered']);
  });

  test('brings them once, however many orders there are in the season', async () => {
    await shop.greet('mina');
    await buy('mina');
    await world.advance('5 days');
    await buy('mina');
    await world.advance('80 days');

    expect(told()).toEqual(wholeSeason);
  });

  test('brings its recap at ten where the customer lives', async () => {
    await shop.greet('ana', { country: 'BR', timeZone: 'America/Sao_Paulo' });
    await buy('ana');
    await world.advance('30 days');

    expect(told().at(-1)).toBe('2027-01-05T13:00 holiday-recap');
  });

  test('of the last days of the year brings the care before the recap', async () => {
    await shop.greet('mina');
    await world.advanceTo('2026-12-29T09:00:00Z');
    await buy('mina');
    await world.advance('20 days');

    expect(told()).toEqual([
      '2027-01-01T09:00 holiday-thanks',
      '2027-01-08T09:00 holiday-care',
      // A day after the care, as the frequency cap has it.
      '2027-01-09T09:00 holiday-recap',
    ]);
  });

  test('does not bring an offer to somebody who has come back by then', async () => {
    await shop.greet('mina');
    await buy('mina');
    await world.advanceTo('2027-01-20T09:00:00Z');
    await buy('mina');
    await world.advance('60 days');

    expect(told()).toEqual(wholeSeason.slice(0, 3));
    expect(await shop.ends()).toEqual(['post-holiday-recap: bought-again']);
  });

  test.each(['return.opened', 'order.cancelled', 'order.refunded'] as const)('ends on %s', async (type) => {
    await shop.greet('mina');
    const orderId = await buy('mina');
    await world.advance('4 days');
    const amount = { amount: 900, currency: 'GBP' };
    if (type === 'return.opened')
      await world.track({ type, customerId: 'mina', data: { returnId: 'r', orderId } });
    else if (type === 'order.refunded')
      await world.track({ type, customerId: 'mina', data: { orderId, amount } });
    else await world.track({ type, customerId: 'mina', data: { orderId } });
    await world.advance('80 days');

    expect(told()).toEqual(wholeSeason.slice(0, 1));
    expect(await shop.ends()).toEqual([`post-holiday-recap: ${type}`]);
  });

  test('does not end on a refund of a part, nor on what others send back', async () => {
    await shop.greet('mina');
    await shop.greet('tom');
    const orderId = await buy('mina');
    const toms = await buy('tom');
    await world.track([
      {
        type: 'order.refunded',
        customerId: 'mina',
        data: { orderId, amount: { amount: 100, currency: 'GBP' } },
      },
      { type: 'return.opened', customerId: 'tom', data: { returnId: 'r', orderId: toms } },
    ]);
    await world.advance('80 days');

    expect(told()).toEqual(wholeSeason);
  });

  test('says what the season was like: favourites, what all wanted, the trend, and a fact to pass on', async () => {
    await shop.greet('mina');
    const others = Array.from({ length: 12 }, (_, index) => `other-${index}`);
    await world.advanceTo('2026-12-12T09:00:00Z');
    await world.track(others.map((other) => shop.order(other, { lines: [tea] })));
    await buy('mina', { lines: [tea, { ...mug, variant: 'gin' }, { ...mug, gift: true }] });
    await world.advance('30 days');

    const text = recap()?.text;
    expect(text).toContain('Green tea');
    expect(text).toContain('one of 13 people');
    expect(text).toMatch(/https:\/\/\S+\/s\/[A-Za-z0-9_-]+/);
    // Gifts take no part, and what is age-restricted is nobody else's business.
    expect(text).not.toContain('Blue mug');
    expect(text).not.toContain('Dry gin');
  });

  test('tells of a trend only where something grew', async () => {
    await begin('2026-10-20T09:00:00Z');
    const others = Array.from({ length: 25 }, (_, index) => `other-${index}`);
    await world.track(others.slice(0, 10).map((other) => shop.order(other, { lines: [tea] })));
    await world.advanceTo('2026-12-12T09:00:00Z');
    await world.track(others.map((other) => shop.order(other, { lines: [tea] })));
    await shop.greet('mina');
    await buy('mina', { lines: [tea] });
    await world.advance('30 days');

    expect(recap()?.text).toContain('2.6 times as many people');
  });

  test('tells nothing of numbers when fewer than ten bought the same', async () => {
    await shop.greet('mina');
    await buy('mina', { lines: [tea] });
    await world.advance('30 days');

    expect(recap()?.text).toContain('Green tea');
    expect(recap()?.text).not.toContain('people');
  });

  test('has no recap when there is nothing to look back on', async () => {
    await shop.greet('mina');
    await buy('mina', { lines: [{ ...mug, gift: true }] });
    await world.advance('30 days');

    expect(told()).toEqual(wholeSeason.slice(0, 2));
    expect(await shop.withheld()).toEqual(['holiday-recap#1 skipped: nothing-to-say']);
  });
});

describe('seasons elsewhere and at other times', () => {
  test('an order out of season brings nothing', async () => {
    await begin('2027-06-01T09:00:00Z');
    await shop.greet('mina');
    await buy('mina');
    await world.advance('60 days');

    expect(told()).toEqual([]);
    expect(await shop.ends()).toEqual([]);
  });

  test('in Korea it is counted from 설, and Christmas is no season', async () => {
    await begin('2026-12-20T00:00:00Z');
    const minji = {
      country: 'KR',
      locale: 'ko-KR',
      timeZone: 'Asia/Seoul',
      familyName: '김',
      givenName: '민지',
    };
    await shop.greet('minji', minji);
    await buy('minji');
    await world.advanceTo('2027-01-25T00:00:00Z');
    expect(told()).toEqual([]);

    await buy('minji');
    await world.advance('70 days');
    // 설 2027 is on 7 February; ten in Seoul is one in Greenwich.
    expect(told()).toEqual([
      '2027-01-28T00:00 holiday-thanks',
      '2027-02-04T00:00 holiday-care',
      '2027-02-12T01:00 holiday-recap',
      '2027-03-24T01:00 holiday-offer',
    ]);
    expect(recap()?.text).toContain('설 연휴');
  });

  test('a run of weeks keeps its hour over the change of the clocks', async () => {
    // 추석 2026 is on 25 September; in New York the clocks go back on 1 November.
    await begin('2026-09-10T00:00:00Z');
    await shop.greet('yuna', { country: 'KR', timeZone: 'America/New_York' });
    await buy('yuna');
    await world.advance('75 days');

    expect(told().slice(2)).toEqual(['2026-09-30T14:00 holiday-recap', '2026-11-09T15:00 holiday-offer']);
  });
});
