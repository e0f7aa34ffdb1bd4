import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Money } from '../domain/money.ts';
import type { ToldUnits } from '../domain/order-units.ts';
import type { DatabaseTransaction, Queryable } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** Money that went back, with the goods it was for. Told once, never changed. */
export interface RefundRecord {
  readonly id: string;
  /** Our id of the order. */
  readonly order: string;
  readonly amount: Money;
  /** As told; null: money without goods. */
  readonly lines: readonly ToldUnits[] | null;
  readonly at: Instant;
}

interface RefundRow extends Omit<RefundRecord, 'amount'> {
  readonly amount: number;
  readonly currency: string;
}

/** All refunds of the orders. */
export async function loadRefunds(db: Queryable, orders: readonly string[]): Promise<RefundRecord[]> {
  if (orders.length === 0) return [];
  const { rows } = await sql<RefundRow>`
    select id, order_id as "order", amount, currency, lines, at
    from refunds
    where order_id = any(${orders}::uuid[])
    order by at, id
  `.execute(db);
  return rows.map(({ amount, currency, ...row }) => ({ ...row, amount: { amount, currency } }));
}

export async function insertRefunds(
  trx: DatabaseTransaction,
  refunds: readonly RefundRecord[],
): Promise<void> {
  if (refunds.length === 0) return;
  const rows = refunds.map(({ id, order, amount, lines, at }) => ({
    id,
    order_id: order,
    ...amount,
    lines,
    at: isoOrNull(at),
  }));
  await sql`
    insert into refunds (id, order_id, amount, currency, lines, at)
    select * from ${recordSet(rows, 'id uuid, order_id uuid, amount bigint, currency text, lines jsonb, at timestamptz')}
  `.execute(trx);
}
