import { describe, expect, it } from 'vitest';
import type { LiveCart, LiveLine, LoadContext } from '../../domain/message.ts';
import { cartData, cartSample, loadCart } from '../../templates/live-cart.ts';

const input = { cart: '0192f1f0-0000-7000-8000-000000000001' };

function contextOf(cart: LiveCart | undefined): LoadContext {
  return {
    read: {
      cart: async () => cart,
      order: async () => undefined,
      supplies: async () => ({ silent: 'order-gone' }),
      season: async () => undefined,
    },
    now: 0,
    language: 'en',
    links: {
      rating: () => 'https://mail.shop.example/r/token',
      share: () => 'https://mail.shop.example/s/token',
    },
  };
}

function line(changes: Partial<LiveLine> = {}): LiveLine {
  const price = { amount: 1000, currency: 'GBP' };
  return { variant: 'v', title: 'Mug', quantity: 2, price, seenPrice: price, available: true, ...changes };
}

async function load(lines: readonly LiveLine[], cart: Partial<LiveCart> = {}) {
  const loaded = await loadCart(input, contextOf({ state: 'open', lines, ...cart }));
  if (!('data' in loaded)) throw new Error(loaded.nothingToSay);
  return cartData.parse(loaded.data);
}

describe('a message about a cart', () => {
  it('shows the prices of now and their sum', async () => {
    const data = await load([line(), line({ title: 'Throw', quantity: 1 })], {
      url: 'https://shop.example/cart/7',
    });
    expect(data).toMatchObject({
      firstTitle: 'Mug',
      count: 2,
      others: 1,
      more: 0,
      gone: 0,
      total: { amount: 3000, currency: 'GBP' },
      cartUrl: 'https://shop.example/cart/7',
      shortCartUrl: 'https://shop.example/cart/7',
    });
  });

  it('leaves out what was sold out or removed, and says how many', async () => {
    const data = await load([line({ title: 'Gone', available: false }), line()]);
    expect(data.lines.map(({ title }) => title)).toEqual(['Mug']);
    expect(data).toMatchObject({ firstTitle: 'Mug', gone: 1, total: { amount: 2000 } });
  });

  it('says when a line has become cheaper or dearer, and not when it has not', async () => {
    const seen = (amount: number) => ({ seenPrice: { amount, currency: 'GBP' } });
    const { lines } = await load([line(seen(1200)), line(seen(800)), line()]);
    expect(lines.map(({ cheaperThan, dearer }) => [cheaperThan?.amount, dearer])).toEqual([
      [1200, false],
      [undefined, true],
      [undefined, false],
    ]);
  });

  it('never sums or compares two currencies', async () => {
    const data = await load([line(), line({ price: { amount: 900, currency: 'EUR' } })]);
    expect(data.total).toBeUndefined();
    expect(data.lines[1]?.cheaperThan).toBeUndefined();
  });

  it('shows five lines of many and counts the rest', async () => {
    const data = await load(Array.from({ length: 12 }, () => line()));
    expect(data.lines).toHaveLength(5);
    expect(data).toMatchObject({ more: 7, others: 11, total: { amount: 24_000 } });
  });

  it('drops links that are not https or too long, and cuts titles', async () => {
    const long = `https://shop.example/${'x'.repeat(600)}`;
    const data = await load([line({ title: '😀'.repeat(150), url: 'http://shop.example', image: long })], {
      url: `https://shop.example/cart/${'y'.repeat(100)}`,
    });
    expect(data.lines[0]).not.toHaveProperty('url');
    expect(data.lines[0]).not.toHaveProperty('image');
    expect(data.cartUrl).toBeDefined();
    expect(data.shortCartUrl).toBeUndefined();
    expect(data.firstTitle.endsWith('😀…')).toBe(true);
  });
});

describe('a message about a cart that is gone', () => {
  it.each(['ordered', 'emptied', 'expired'] as const)('says nothing about one that is %s', async (state) => {
    expect(await loadCart(input, contextOf({ state, lines: [line()] }))).toEqual({
      nothingToSay: `cart-${state}`,
    });
  });

  it('says nothing when nothing in it can be bought, nor about an unknown or an empty one', async () => {
    const soldOut = { state: 'open', lines: [line({ available: false })] } as const;
    expect(await loadCart(input, contextOf(soldOut))).toEqual({ nothingToSay: 'all-items-gone' });
    expect(await loadCart(input, contextOf({ state: 'open', lines: [] }))).toEqual({
      nothingToSay: 'cart-emptied',
    });
    expect(await loadCart(input, contextOf(undefined))).toEqual({ nothingToSay: 'cart-unknown' });
  });
});

describe('the sample', () => {
  it('fits the schema', () => {
    expect(cartData.parse(cartSample)).toEqual(cartSample);
  });
});
