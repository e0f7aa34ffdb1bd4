import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMessageReader } from '../../store/message-reader.ts';
import { readTogether } from '../../store/read-together.ts';
import { heart, mug, openShop, order, type Shop } from '../intake/shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  await shop.close();
});

const nobodys = '00000000-0000-7000-8000-000000000000';

async function placed(orderId: string): Promise<string> {
  await shop.tell(shop.event('order.placed', order(orderId)));
  return (
    await shop.db.selectFrom('orders').select('id').where('order_id', '=', orderId).executeTakeFirstOrThrow()
  ).id;
}

describe('an order, read when its message leaves', () => {
  it('has its goods with the titles, pictures and flags of now, in the language that is asked for', async () => {
    const id = await placed('o-1');
    await shop.tell(
      shop.event('product.updated', {
        variant: heart.variant,
        title: 'White hanging heart',
        titles: { ko: '하얀 하트' },
        category: 'Home',
        image: 'https://shop.example/heart.jpg',
        sensitive: true,
      }),
    );
    const reader = createMessageReader(shop.db);
    expect(await reader.order(id, 'ko-KR')).toMatchObject({
      state: 'placed',
      lines: [
        {
          line: 1,
          variant: heart.variant,
          title: '하얀 하트',
          category: 'Home',
          image: 'https://shop.example/heart.jpg',
          discreet: true,
          gift: false,
          refunded: 0,
          delivered: 0,
        },
      ],
    });
    expect((await reader.order(id))?.lines[0]?.title).toBe('White hanging heart');
  });

  it('has no title for what the shop has told us nothing of', async () => {
    const id = await placed('o-1');
    const goods = await createMessageReader(shop.db).order(id);
    expect(goods?.lines[0]).toMatchObject({ variant: heart.variant, discreet: false });
    expect(goods?.lines[0]).not.toHaveProperty('title');
  });

  it('follows what became of its units', async () => {
    const id = await placed('o-1');
    await shop.tell(
      shop.event('shipment.delivered', { shipmentId: 's-1', orderId: 'o-1' }),
      shop.event('order.refunded', {
        orderId: 'o-1',
        amount: { amount: 1, currency: 'GBP' },
        lines: [{ variant: heart.variant, quantity: 1 }],
      }),
    );
    expect((await createMessageReader(shop.db).order(id))?.lines[0]).toMatchObject({
      delivered: heart.quantity,
      refunded: 1,
    });
  });

  it('is not there for an id that is nobody’s, and has no lines while only its payment is known', async () => {
    await shop.tell(shop.event('order.paid', { orderId: 'o-9' }));
    const { id } = await shop.db.selectFrom('orders').select('id').executeTakeFirstOrThrow();
    const reader = createMessageReader(shop.db);
    expect(await reader.order(nobodys)).toBeUndefined();
    expect(await reader.order(id)).toEqual({ state: 'paid', lines: [] });
  });

  it('is read together with others that are asked for at the same time, each in its language', async () => {
    await shop.tell(
      shop.event('product.updated', { variant: heart.variant, title: 'Heart', titles: { ko: '하트' } }),
      shop.event('product.updated', { variant: mug.variant, title: 'Mug' }),
    );
    const ids = [await placed('o-1'), await placed('o-2')];
    const reader = createMessageReader(shop.db);
    const [first, second, none] = await Promise.all([
      reader.order(ids[0] ?? '', 'ko'),
      reader.order(ids[1] ?? '', 'en'),
      reader.order(nobodys),
    ]);
    expect([first?.lines[0]?.title, second?.lines[0]?.title, none]).toEqual(['하트', 'Heart', undefined]);
  });
});

describe('reading together', () => {
  function counted() {
    const calls: (readonly number[])[] = [];
    const read = readTogether(async (keys: readonly number[]) => {
      calls.push(keys);
      return new Map(keys.filter((key) => key > 0).map((key) => [key, `no. ${key}`]));
    });
    return { calls, read };
  }

  it('reads what is asked for at the same time once, and each its own', async () => {
    const { calls, read } = counted();
    expect(await Promise.all([read(1), read(2), read(1), read(-3)])).toEqual([
      'no. 1',
      'no. 2',
      'no. 1',
      undefined,
    ]);
    expect(calls).toEqual([[1, 2, -3]]);
  });

  it('reads anew what is asked for later: things may have changed', async () => {
    const { calls, read } = counted();
    await read(1);
    await read(1);
    expect(calls).toHaveLength(2);
  });

  it('tells everybody of a failure, and tries again for the next', async () => {
    let isDown = true;
    const read = readTogether(async (keys: readonly number[]) => {
      if (isDown) throw new Error('down');
      return new Map(keys.map((key) => [key, key]));
    });
    expect((await Promise.allSettled([read(1), read(2)])).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ]);
    isDown = false;
    expect(await read(1)).toBe(1);
  });
});
