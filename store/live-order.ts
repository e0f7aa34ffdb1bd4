import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { moneyOrNull, type Money } from '../domain/money.ts';
import { contentsOf } from '../domain/order-units.ts';
import type { Queryable } from './database.ts';
import { loadShipments } from './shipments.ts';
import type { OrderState } from './orders.ts';
import type { ShipmentState } from './schema.ts';

/** An order as it is now. */
export interface LiveOrder {
  readonly order: string;
  /** Null for an order that was told without anybody. */
  readonly customer: string | null;
  readonly state: OrderState;
  readonly market: string | null;
  /** Null while the order is known only by a later event, such as its payment. */
  readonly placedAt: Instant | null;
  readonly paidAt: Instant | null;
  readonly total: Money | null;
  /** Of `total`, in its currency. */
  readonly refunded: number;
  readonly lines: readonly LiveOrderLine[];
}

export interface LiveOrderLine {
  /** Place in the order, from 1. */
  readonly line: number;
  /** The shop's id of it. */
  readonly shopLine: string | null;
  readonly variant: string;
  readonly quantity: number;
  /** Units, by what became of them. */
  readonly refunded: number;
  readonly shipped: number;
  readonly delivered: number;
  readonly returned: number;
  /** Of one unit, as it was paid. */
  readonly price: Money;
  readonly gift: boolean;
}

interface OrderRow extends Omit<LiveOrder, 'total' | 'lines'> {
  readonly amount: number | null;
  readonly currency: string | null;
}

interface LineRow extends Omit<LiveOrderLine, 'price'> {
  readonly amount: number;
  readonly currency: string;
}

/** Reads an order by our id, with all of its lines. `undefined` when there is none. */
export async function readOrder(db: Queryable, order: string): Promise<LiveOrder | undefined> {
  const [{ rows }, lines] = await Promise.all([
    sql<OrderRow>`
      select id as "order", customer_id as customer, state, market, placed_at as "placedAt", paid_at as "paidAt",
        total_amount as amount, total_currency as currency, refunded_amount as refunded
      from orders where id = ${order}::uuid
    `.execute(db),
    readLines(db, order),
  ]);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { amount, currency, ...rest } = row;
  return { ...rest, total: moneyOrNull(amount, currency), lines };
}

async function readLines(db: Queryable, order: string): Promise<LiveOrderLine[]> {
  const { rows } = await sql<LineRow>`
    select line, shop_line as "shopLine", variant, quantity, refunded_quantity as refunded,
      shipped_quantity as shipped, delivered_quantity as delivered, returned_quantity as returned,
      price_amount as amount, price_currency as currency, gift
    from order_lines where order_id = ${order}::uuid
    order by line
  `.execute(db);
  return rows.map(({ amount, currency, ...line }) => ({ ...line, price: { amount, currency } }));
}

/** A parcel with what is in it. */
export interface LiveParcel {
  readonly shipment: string;
  readonly state: ShipmentState;
  readonly shippedAt: Instant;
  readonly deliveredAt: Instant | null;
  /** When the carrier expects to hand it over, by the newest word. */
  readonly eta: Instant | null;
  readonly lines: readonly { readonly line: number; readonly variant: string; readonly quantity: number }[];
}

/** The parcels of an order, by our id of it; the one that left first comes first. Content nobody told is the rest of the order. */
export async function readParcels(db: Queryable, order: string): Promise<LiveParcel[]> {
  const [lines, shipments] = await Promise.all([readLines(db, order), loadShipments(db, [order])]);
  const contents = contentsOf(
    lines,
    shipments.map((shipment) => shipment.lines),
  );
  return shipments.map(({ id, state, shippedAt, deliveredAt, eta }, place) => ({
    shipment: id,
    state,
    shippedAt,
    deliveredAt,
    eta,
    lines: lines.flatMap(({ line, variant }) => {
      const quantity = contents[place]?.get(line) ?? 0;
      return quantity === 0 ? [] : [{ line, variant, quantity }];
    }),
  }));
}
