import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMessageReader } from '../../store/message-reader.ts';
import { heart, mug, openShop, order, type Shop } from '../intake/shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  await shop.close();
});

async function cycle(): Promise<string> {
  return (await shop.db.selectFrom('carts').select('id').executeTakeFirstOrThrow()).id;
}

const read = async (language?: string) => createMessageReader(shop.db).cart(await cycle(), language);

describe('a cart, read when its message leaves', () => {
  it('shows the price and stock of now beside the price that was seen', async () => {
    await shop.tell(
      shop.event('cart.updated', { cartId: '7', items: [heart], url: 'https://shop.example/c/7' }),
    );
    await shop.tell(
      shop.event('product.updated', {
        variant: heart.variant,
        title: 'White hanging heart',
        price: { amount: 199, currency: 'GBP' },
        stock: 3,
      }),
    );
    expect(await read()).toEqual({
      state: 'open',
      url: 'https://shop.example/c/7',
      lines: [
        {
          variant: heart.variant,
          title: 'White hanging heart',
          quantity: 2,
          price: { amount: 199, currency: 'GBP' },
          seenPrice: { amount: 255, currency: 'GBP' },
          available: true,
        },
      ],
    });
  });

  it("names products in the language asked for, and in the shop's own where there is no such title", async () => {
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart, mug] }));
    await shop.tell(
      shop.event('product.updated', { variant: heart.variant, title: 'Heart', titles: { ko: '하트 장식' } }),
      shop.event('product.updated', { variant: mug.variant, title: 'Mug' }),
    );
    const titles = async (language: string) => (await read(language))?.lines.map((line) => line.title);
    expect(await titles('ko')).toEqual(['하트 장식', 'Mug']);
    expect(await titles('ko-KR')).toEqual(['하트 장식', 'Mug']);
    expect(await titles('en')).toEqual(['Heart', 'Mug']);
  });

  it('does not offer what is sold out or no longer sold, and offers what the shop does not count', async () => {
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart, mug] }));
    const available = async () => (await read())?.lines.map((line) => line.available);
    expect(await available()).toEqual([true, true]);
    await shop.tell(
      shop.event('product.updated', { variant: heart.variant, stock: 0 }),
      shop.event('product.updated', { variant: mug.variant, removed: true }),
    );
    expect(await available()).toEqual([false, false]);
    await shop.tell(
      shop.event('product.updated', { variant: heart.variant, stock: null }),
      shop.event('product.updated', { variant: mug.variant, removed: false }),
    );
    expect(await available()).toEqual([true, true]);
  });

  it('keeps the seen price when the shop tells its prices in another currency', async () => {
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart] }));
    await shop.tell(
      shop.event('product.updated', { variant: heart.variant, price: { amount: 4900, currency: 'KRW' } }),
    );
    expect((await read())?.lines[0]?.price).toEqual(heart.price);
  });

  it('says that it was ordered', async () => {
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart] }));
    await shop.tell(shop.event('order.placed', order('o-1', '7')));
    expect((await read())?.state).toBe('ordered');
  });

  it('does not know a cycle that never was', async () => {
    expect(await createMessageReader(shop.db).cart('00000000-0000-7000-8000-000000000000')).toBeUndefined();
  });
});
