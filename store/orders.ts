import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Money } from '../domain/money.ts';
import type { DatabaseTransaction } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

export type OrderState = 'placed' | 'paid' | 'payment-expired' | 'cancelled' | 'refunded';

export interface OrderRecord {
  readonly id: string;
  /** The shop's id. */
  readonly orderId: string;
  readonly customer: string | null;
  /** The cart cycle it came from. */
  readonly cart: string | null;
  readonly state: OrderState;
  readonly channel: string | null;
  readonly total: Money | null;
  readonly refunded: number;
  /** Null while we know of the order only by a later event, such as its payment. */
  readonly placedAt: Instant | null;
  readonly paidAt: Instant | null;
  readonly dueAt: Instant | null;
  readonly closedAt: Instant | null;
  /** Known when it was placed in this transaction, or read because a refund names lines. */
  readonly lines?: readonly OrderLine[];
}

export interface OrderLine {
  readonly shopLine: string | null;
  readonly variant: string;
  readonly quantity: number;
  readonly price: Money;
  readonly gift: boolean;
}

export interface RefundedUnits {
  readonly order: string;
  readonly variant: string;
  readonly quantity: number;
}

interface OrderRow {
  id: string;
  order_id: string;
  customer_id: string | null;
  cart_id: string | null;
  state: OrderState;
  channel: string | null;
  total_amount: number | null;
  total_currency: string | null;
  refunded_amount: number;
  placed_at: Instant | null;
  paid_at: Instant | null;
  due_at: Instant | null;
  closed_at: Instant | null;
}

export async function loadOrders(
  trx: DatabaseTransaction,
  orderIds: readonly string[],
): Promise<OrderRecord[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await sql<OrderRow>`
    select id, order_id, customer_id, cart_id, state, channel, total_amount, total_currency, refunded_amount, placed_at,
      paid_at, due_at, closed_at
    from orders
    where order_id = any(${orderIds}::text[])
  `.execute(trx);
  return rows.map((row) => ({
    id: row.id,
    orderId: row.order_id,
    customer: row.customer_id,
    cart: row.cart_id,
    state: row.state,
    channel: row.channel,
    total:
      row.total_amount === null || row.total_currency === null
        ? null
        : { amount: row.total_amount, currency: row.total_currency },
    refunded: row.refunded_amount,
    placedAt: row.placed_at,
    paidAt: row.paid_at,
    dueAt: row.due_at,
    closedAt: row.closed_at,
  }));
}

/**
 * What was refunded of orders that nobody has told of yet. Their lines are not known, so it stands in the events alone,
 * which are those of the customer whom the order has so far.
 */
export async function loadEarlyRefunds(
  trx: DatabaseTransaction,
  orders: readonly OrderRecord[],
): Promise<RefundedUnits[]> {
  const early = orders.filter(({ placedAt }) => placedAt === null);
  if (early.length === 0) return [];
  const rows = early.map(({ id, customer }) => ({ id, customer_id: customer }));
  const refunds = await sql<RefundedUnits>`
    select r.id as "order", line.variant, line.quantity
    from ${recordSet(rows, 'id uuid, customer_id uuid')}
    join events e on e.customer_id = r.customer_id and e.type = 'order.refunded' and e.fact ->> 'order' = r.id::text
    cross join lateral jsonb_to_recordset(e.envelope -> 'data' -> 'lines') as line(variant text, quantity integer)
  `.execute(trx);
  return refunds.rows;
}

/** Adds and changes orders, and adds the lines of those that have just been placed. */
export async function writeOrders(trx: DatabaseTransaction, orders: readonly OrderRecord[]): Promise<void> {
  if (orders.length === 0) return;
  const rows = [...orders]
    .sort((a, b) => (a.orderId < b.orderId ? -1 : 1))
    .map((order) => ({
      id: order.id,
      order_id: order.orderId,
      customer_id: order.customer,
      cart_id: order.cart,
      state: order.state,
      channel: order.channel,
      total_amount: order.total?.amount ?? null,
      total_currency: order.total?.currency ?? null,
      refunded_amount: order.refunded,
      placed_at: isoOrNull(order.placedAt),
      paid_at: isoOrNull(order.paidAt),
      due_at: isoOrNull(order.dueAt),
      closed_at: isoOrNull(order.closedAt),
    }));
  await sql`
    with written as (
    insert into orders (id, order_id, customer_id, cart_id, state, channel, total_amount, total_currency,
      refunded_amount, placed_at, paid_at, due_at, closed_at)
    select * from ${recordSet(
      rows,
      'id uuid, order_id text, customer_id uuid, cart_id uuid, state text, channel text, total_amount bigint, ' +
        'total_currency text, refunded_amount bigint, placed_at timestamptz, paid_at timestamptz, due_at timestamptz, ' +
        'closed_at timestamptz',
    )}
    on conflict (id) do update set
      customer_id = excluded.customer_id, cart_id = excluded.cart_id, state = excluded.state,
      channel = excluded.channel, total_amount = excluded.total_amount, total_currency = excluded.total_currency,
      refunded_amount = excluded.refunded_amount, placed_at = excluded.placed_at, paid_at = excluded.paid_at,
      due_at = excluded.due_at, closed_at = excluded.closed_at
    )
    insert into order_lines (order_id, line, shop_line, variant, quantity, price_amount, price_currency, gift)
    select * from ${recordSet(
      orders.flatMap(linesOf),
      'order_id uuid, line integer, shop_line text, variant text, quantity integer, price_amount bigint, ' +
        'price_currency text, gift boolean',
    )}
  `.execute(trx);
}

function linesOf(order: OrderRecord) {
  return (order.lines ?? []).map((line, index) => ({
    order_id: order.id,
    line: index + 1,
    shop_line: line.shopLine,
    variant: line.variant,
    quantity: line.quantity,
    price_amount: line.price.amount,
    price_currency: line.price.currency,
    gift: line.gift,
  }));
}

/** Takes refunded units off the lines of their variant, first line first, never more than were bought. */
export async function refundOrderLines(
  trx: DatabaseTransaction,
  units: readonly RefundedUnits[],
): Promise<void> {
  if (units.length === 0) return;
  const rows = units.map(({ order, variant, quantity }) => ({ order_id: order, variant, quantity }));
  await sql`
    with refunds as (
      select order_id, variant, sum(quantity)::integer as quantity
      from ${recordSet(rows, 'order_id uuid, variant text, quantity integer')}
      group by order_id, variant
    ), lines as (
      select l.order_id, l.line, l.quantity - l.refunded_quantity as left_over, refunds.quantity as wanted,
        sum(l.quantity - l.refunded_quantity) over (
          partition by l.order_id, l.variant order by l.line
        ) - (l.quantity - l.refunded_quantity) as before
      from order_lines l join refunds on refunds.order_id = l.order_id and refunds.variant = l.variant
    )
    update order_lines set
      refunded_quantity = refunded_quantity + greatest(0, least(lines.left_over, lines.wanted - lines.before))
    from lines
    where order_lines.order_id = lines.order_id and order_lines.line = lines.line
  `.execute(trx);
}
