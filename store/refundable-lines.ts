import { sql } from 'kysely';
import type { Queryable } from './database.ts';
import { recordSet } from './record-set.ts';

/** What somebody brings back. */
export interface BroughtBack {
  /** The shop's id of the customer. */
  readonly customer: string;
  readonly variant: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Units of an order that were bought and not refunded. */
export interface RefundableLine {
  /** The shop's id of the order. */
  readonly orderId: string;
  readonly line: number;
  readonly shopLine: string | null;
  readonly units: number;
}

/** For each, the lines of the customer's earlier orders that it may have come from, newest first; in the same order. */
export async function findRefundableLines(
  db: Queryable,
  wanted: readonly BroughtBack[],
): Promise<RefundableLine[][]> {
  const found = wanted.map((): RefundableLine[] => []);
  if (wanted.length === 0) return found;
  const rows = wanted.map((one, place) => ({ place, ...one }));
  const lines = await sql<RefundableLine & { place: number }>`
    select r.place, o.order_id as "orderId", l.line, l.shop_line as "shopLine",
      l.quantity - l.refunded_quantity as units
    from ${recordSet(rows, 'place integer, customer text, variant text, at timestamptz')}
    join customer_identities i on i.kind = 'external' and i.value = r.customer
    join orders o on o.customer_id = i.customer_id and o.placed_at <= r.at and o.state <> 'cancelled'
    join order_lines l on l.order_id = o.id and l.variant = r.variant and l.quantity > l.refunded_quantity
    order by r.place, o.placed_at desc, o.order_id, l.line
  `.execute(db);
  for (const { place, ...line } of lines.rows) found[place]?.push(line);
  return found;
}
