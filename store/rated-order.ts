import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Queryable } from './database.ts';
import { loadGoods, type OrderedGoods } from './live-goods.ts';

/** An order whose goods are rated by a link. */
export interface RatedOrder {
  /** The shop's id. */
  readonly orderId: string;
  /** Ours, as it was told; null for an order that was told without anybody. */
  readonly customer: string | null;
  readonly goods: OrderedGoods;
  /** The shop's ids of its lines, where it has any. */
  readonly shopLines: ReadonlyMap<number, string>;
  /** What has been given by the link so far, by line. */
  readonly given: ReadonlyMap<number, { readonly stars: number; readonly at: Instant }>;
}

/** A line that is rated again by its link is the same review, edited. */
export function ratingIdOf(order: string, line: number): string {
  return `${ratingsOf(order)}${line}`;
}

function ratingsOf(order: string): string {
  return `rating-link/${order}/`;
}

interface OrderRow {
  readonly orderId: string;
  readonly customer: string | null;
}

interface LineRow {
  readonly line: number;
  readonly shopLine: string | null;
  readonly stars: number | null;
  readonly at: Instant | null;
}

/** Reads it by our id. `undefined` when there is none. */
export async function readRatedOrder(db: Queryable, order: string): Promise<RatedOrder | undefined> {
  const [goods, orders, lines] = await Promise.all([
    loadGoods(db, [order]),
    sql<OrderRow>`
      select order_id as "orderId", customer_id as customer from orders where id = ${order}::uuid
    `.execute(db),
    sql<LineRow>`
      select l.line, l.shop_line as "shopLine", r.stars, r.at
      from order_lines l
      left join reviews r on r.review_id = ${ratingsOf(order)} || l.line
      where l.order_id = ${order}::uuid
    `.execute(db),
  ]);
  const ordered = goods.get(order);
  const [row] = orders.rows;
  if (ordered === undefined || row === undefined) return undefined;
  return {
    ...row,
    goods: ordered,
    shopLines: new Map(
      lines.rows.flatMap(({ line, shopLine }) => (shopLine === null ? [] : [[line, shopLine]])),
    ),
    given: new Map(
      lines.rows.flatMap(({ line, stars, at }) =>
        stars === null || at === null ? [] : [[line, { stars, at }]],
      ),
    ),
  };
}
