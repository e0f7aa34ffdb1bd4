import type { MessageReader } from '../domain/message.ts';
import type { Queryable } from './database.ts';
import { readLiveCart } from './live-cart.ts';
import { goodsIn, loadGoods } from './live-goods.ts';
import { readTogether } from './read-together.ts';

/** What messages read when they leave, as of now: carts with live prices and stock, orders with what became of them. */
export function createMessageReader(db: Queryable): MessageReader {
  const goodsOf = readTogether((orders: readonly string[]) => loadGoods(db, orders));
  return {
    cart: (cycle, language) => readLiveCart(db, cycle, language),
    async order(order, language) {
      const goods = await goodsOf(order);
      return goods === undefined ? undefined : goodsIn(language, goods);
    },
  };
}
