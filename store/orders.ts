import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { moneyOrNull, type Money } from '../domain/money.ts';
import type { OrderedLine } from '../domain/order-units.ts';
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
  readonly market: string | null;
  /** Empty until it is placed. */
  readonly lines: readonly OrderLine[];
}

export interface OrderLine extends OrderedLine {
  readonly price: Money;
  readonly gift: boolean;
  /** Units of it, by what became of them. */
  readonly refunded: number;
  readonly shipped: number;
  readonly delivered: number;
  readonly returned: number;
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
  market: string | null;
  lines: readonly LineJson[] | null;
}

interface LineJson extends Omit<OrderLine, 'price'> {
  readonly amount: number;
  readonly currency: string;
}

/** The orders that have these ids at the shop, with their lines. */
export async function loadOrders(
  trx: DatabaseTransaction,
  orderIds: readonly string[],
): Promise<OrderRecord[]> {
  if (orderIds.length === 0) return [];
  const { rows } = await sql<OrderRow>`
    select id, order_id, customer_id, cart_id, state, channel, total_amount, total_currency, refunded_amount, placed_at,
      paid_at, due_at, closed_at, market, (
        select jsonb_agg(jsonb_build_object(
          'line', l.line, 'shopLine', l.shop_line, 'variant', l.variant, 'quantity', l.quantity,
          'amount', l.price_amount, 'currency', l.price_currency, 'gift', l.gift, 'refunded', l.refunded_quantity,
          'shipped', l.shipped_quantity, 'delivered', l.delivered_quantity, 'returned', l.returned_quantity
        ) order by l.line)
        from order_lines l where l.order_id = orders.id
      ) as lines
    from orders
    where order_id = any(${orderIds}::text[])
  `.execute(trx);
  return rows.map(recordOf);
}

function recordOf(row: OrderRow): OrderRecord {
  return {
    id: row.id,
    orderId: row.order_id,
    customer: row.customer_id,
    cart: row.cart_id,
    state: row.state,
    channel: row.channel,
    total: moneyOrNull(row.total_amount, row.total_currency),
    refunded: row.refunded_amount,
    placedAt: row.placed_at,
    paidAt: row.paid_at,
    dueAt: row.due_at,
    closedAt: row.closed_at,
    market: row.market,
    lines: (row.lines ?? []).map(({ amount, currency, ...line }) => ({
      ...line,
      price: { amount, currency },
    })),
  };
}

/** When a customer's orders were placed; those that were cancelled are left out. */
export interface PlacedOrder {
  readonly id: string;
  readonly orderId: string;
  readonly customer: string;
  readonly placedAt: Instant;
}

export async function loadPlacedOrders(
  trx: DatabaseTransaction,
  customers: readonly string[],
): Promise<PlacedOrder[]> {
  if (customers.length === 0) return [];
  const { rows } = await sql<PlacedOrder>`
    select id, order_id as "orderId", customer_id as customer, placed_at as "placedAt"
    from orders
    where customer_id = any(${customers}::uuid[]) and placed_at is not null and state <> 'cancelled'
  `.execute(trx);
  return rows;
}

/** Adds and changes orders. */
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
      market: order.market,
    }));
  await sql`
    insert into orders (id, order_id, customer_id, cart_id, state, channel, total_amount, total_currency,
      refunded_amount, placed_at, paid_at, due_at, closed_at, market)
    select * from ${recordSet(
      rows,
      'id uuid, order_id text, customer_id uuid, cart_id uuid, state text, channel text, total_amount bigint, ' +
        'total_currency text, refunded_amount bigint, placed_at timestamptz, paid_at timestamptz, due_at timestamptz, ' +
        'closed_at timestamptz, market text',
    )}
    on conflict (id) do update set
      customer_id = excluded.customer_id, cart_id = excluded.cart_id, state = excluded.state,
      channel = excluded.channel, total_amount = excluded.total_amount, total_currency = excluded.total_currency,
      refunded_amount = excluded.refunded_amount, placed_at = excluded.placed_at, paid_at = excluded.paid_at,
      due_at = excluded.due_at, closed_at = excluded.closed_at, market = excluded.market
  `.execute(trx);
}

/** Adds the lines of orders that have just been placed, and changes what became of their units. */
export async function writeOrderLines(
  trx: DatabaseTransaction,
  orders: readonly OrderRecord[],
): Promise<void> {
  const rows = orders.flatMap(linesOf);
  if (rows.length === 0) return;
  await sql`
    insert into order_lines (order_id, line, shop_line, variant, quantity, price_amount, price_currency, gift,
      refunded_quantity, shipped_quantity, delivered_quantity, returned_quantity)
    select * from ${recordSet(
      rows,
      'order_id uuid, line integer, shop_line text, variant text, quantity integer, price_amount bigint, ' +
        'price_currency text, gift boolean, refunded_quantity integer, shipped_quantity integer, ' +
        'delivered_quantity integer, returned_quantity integer',
    )}
    on conflict (order_id, line) do update set
      refunded_quantity = excluded.refunded_quantity, shipped_quantity = excluded.shipped_quantity,
      delivered_quantity = excluded.delivered_quantity, returned_quantity = excluded.returned_quantity
  `.execute(trx);
}

function linesOf(order: OrderRecord) {
  return order.lines.map((line) => ({
    order_id: order.id,
    line: line.line,
    shop_line: line.shopLine,
    variant: line.variant,
    quantity: line.quantity,
    price_amount: line.price.amount,
    price_currency: line.price.currency,
    gift: line.gift,
    refunded_quantity: line.refunded,
    shipped_quantity: line.shipped,
    delivered_quantity: line.delivered,
    returned_quantity: line.returned,
  }));
}
