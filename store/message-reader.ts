import type { MessageReader } from '../domain/message.ts';
import type { Queryable } from './database.ts';
import { readLiveCart } from './live-cart.ts';
import { goodsIn, loadGoods } from './live-goods.ts';
import { readSeason } from './live-season.ts';
import { readSupplies } from './live-supplies.ts';
import { readTogether } from './read-together.ts';
import { createSeasonFacts } from './season-facts.ts';

/** What messages read when they leave, as of now: carts with live prices and stock, orders with what became of them. */
export function createMessageReader(db: Queryable): MessageReader {
  const goodsOf = readTogether((orders: readonly string[]) => loadGoods(db, orders));
  const seasonFacts = createSeasonFacts(db);
  return {
    cart: (cycle, language) => readLiveCart(db, cycle, language),
    async order(order, language) {
      const goods = await goodsOf(order);
      return goods === undefined ? undefined : goodsIn(language, goods);
    },
    supplies: (wanted, language) => readSupplies(db, wanted, language),
    season: (wanted, language) => readSeason(db, seasonFacts, wanted, language),
  };
}
