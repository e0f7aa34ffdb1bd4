import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openShop, type Shop } from './shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  await shop.close();
});

const krw = (amount: number) => ({ amount, currency: 'KRW' });
const line = (quantity: number, amount: number) => ({ variant: 'A', quantity, price: krw(amount) });
const order = (...lines: ReturnType<typeof line>[]) =>
  shop.event('order.placed', { orderId: 'o', lines, total: krw(1) });
const cart = (...items: ReturnType<typeof line>[]) => shop.event('cart.updated', { cartId: '7', items });

describe('amounts that add up to more than can be counted exactly', () => {
  it('are refused in an order and in a cart, and named', async () => {
    await expect(shop.tell(order(line(1_000_000, 1e12)))).rejects.toThrow(
      'data.lines[0] is 1000000 × 1000000000000',
    );
    const half = line(5_000, 1e12);
    await expect(shop.tell(order(half, half))).rejects.toThrow('data.lines[1]');
    await expect(shop.tell(cart(line(1_000_000, 1e12)))).rejects.toThrow('data.items[0]');
  });

  it('are taken below that', async () => {
    await shop.tell(order(line(9_000, 1e12)), cart(line(9_000, 1e12)));
    expect(await shop.db.selectFrom('events').select('id').execute()).toHaveLength(2);
  });
});

describe('units in stock', () => {
  const most = 2_147_483_647;
  const stock = (units: number) => shop.event('product.updated', { variant: 'A', title: 'A', stock: units });

  it('are refused when there are more than the database can count, and taken up to that', async () => {
    await expect(shop.tell(stock(most + 1))).rejects.toThrow('data.stock');
    await expect(shop.tell(shop.event('stock.returned', { variant: 'A', units: most + 1 }))).rejects.toThrow(
      'data.units',
    );
    await shop.tell(stock(most));
    expect(await shop.db.selectFrom('variants').select('stock').execute()).toEqual([{ stock: most }]);
  });
});

describe('a number beyond all numbers', () => {
  it('is refused by its name', async () => {
    const beyond = order(line(1, JSON.parse('1e999')));
    await expect(shop.tell(beyond)).rejects.toThrow('price.amount is Infinity');
  });
});
