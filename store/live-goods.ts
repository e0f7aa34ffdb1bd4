import { sql } from 'kysely';
import type { LiveGood } from '../domain/message.ts';
import type { Queryable } from './database.ts';
import { appearanceOf } from './live-products.ts';
import type { OrderState } from './orders.ts';
import { titleIn, type Titles } from './titles.ts';

/** An order with its goods, before a language is chosen. */
export interface OrderedGoods {
  readonly state: OrderState;
  readonly lines: readonly OrderedGood[];
}

interface OrderedGood extends Omit<LiveGood, 'title'> {
  /** Null when the shop has told us nothing of the product. */
  readonly titles: Titles | null;
}

interface GoodRow {
  readonly order: string;
  readonly state: OrderState;
  /** Null for an order of which only a payment or a parcel has been told. */
  readonly line: number | null;
  readonly variant: string;
  readonly quantity: number;
  readonly refunded: number;
  readonly shipped: number;
  readonly delivered: number;
  readonly returned: number;
  readonly amount: number;
  readonly currency: string;
  readonly gift: boolean;
  readonly title: string | null;
  readonly titles: Readonly<Record<string, string>>;
  readonly category: string | null;
  readonly image: string | null;
  readonly url: string | null;
  readonly discreet: boolean;
}

/** The orders with these ids of ours, in one statement; those that are not there are left out. */
export async function loadGoods(
  db: Queryable,
  orders: readonly string[],
): Promise<ReadonlyMap<string, OrderedGoods>> {
  const { rows } = await sql<GoodRow>`
    select o.id as "order", o.state, l.line, l.variant, l.quantity, l.refunded_quantity as refunded,
      l.shipped_quantity as shipped, l.delivered_quantity as delivered, l.returned_quantity as returned,
      l.price_amount as amount, l.price_currency as currency, l.gift,
      v.title, v.titles, v.category, v.image, v.url,
      coalesce(v.age_restricted or v.sensitive, false) as discreet
    from orders o
    left join order_lines l on l.order_id = o.id
    left join variants v on v.variant = l.variant
    where o.id = any(${orders}::uuid[])
    order by o.id, l.line
  `.execute(db);
  const goods = new Map<string, { state: OrderState; lines: OrderedGood[] }>();
  for (const row of rows) {
    const known = goods.get(row.order) ?? { state: row.state, lines: [] };
    goods.set(row.order, known);
    if (row.line !== null) known.lines.push(goodOf(row, row.line));
  }
  return goods;
}

function goodOf(row: GoodRow, line: number): OrderedGood {
  const { variant, quantity, refunded, shipped, delivered, returned, gift, discreet } = row;
  return {
    line,
    variant,
    quantity,
    refunded,
    shipped,
    delivered,
    returned,
    gift,
    discreet,
    price: { amount: row.amount, currency: row.currency },
    titles: row.title === null ? null : { title: row.title, titles: row.titles },
    ...(row.category === null ? {} : { category: row.category }),
    ...appearanceOf(row),
  };
}

/** The goods with their titles in a language. */
export function goodsIn(language: string | undefined, { state, lines }: OrderedGoods) {
  return {
    state,
    lines: lines.map(({ titles, ...good }): LiveGood =>
      titles === null ? good : { ...good, title: titleIn(titles, language) },
    ),
  };
}
