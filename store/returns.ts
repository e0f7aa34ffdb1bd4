import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { ToldUnits } from '../domain/order-units.ts';
import type { DatabaseTransaction, Queryable } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** Goods of one order on their way back. */
export interface ReturnRecord {
  readonly id: string;
  /** Our id of the order. */
  readonly order: string;
  /** The shop's id. */
  readonly returnId: string;
  /** As told; null: the whole order. */
  readonly lines: readonly ToldUnits[] | null;
  readonly linesAt: Instant | null;
  readonly openedAt: Instant | null;
  readonly receivedAt: Instant | null;
  readonly closedAt: Instant | null;
}

/** All returns of the orders. */
export async function loadReturns(db: Queryable, orders: readonly string[]): Promise<ReturnRecord[]> {
  if (orders.length === 0) return [];
  const { rows } = await sql<ReturnRecord>`
    select id, order_id as "order", return_id as "returnId", lines, lines_at as "linesAt", opened_at as "openedAt",
      received_at as "receivedAt", closed_at as "closedAt"
    from returns
    where order_id = any(${orders}::uuid[])
    order by return_id
  `.execute(db);
  return rows;
}

/** Adds and changes returns. Two transactions that add the same one cannot both succeed: the second is run again. */
export async function writeReturns(
  trx: DatabaseTransaction,
  returns: readonly ReturnRecord[],
): Promise<void> {
  if (returns.length === 0) return;
  const rows = [...returns]
    .sort((a, b) => (a.order + a.returnId < b.order + b.returnId ? -1 : 1))
    .map((one) => ({
      id: one.id,
      order_id: one.order,
      return_id: one.returnId,
      lines: one.lines,
      lines_at: isoOrNull(one.linesAt),
      opened_at: isoOrNull(one.openedAt),
      received_at: isoOrNull(one.receivedAt),
      closed_at: isoOrNull(one.closedAt),
    }));
  await sql`
    insert into returns (id, order_id, return_id, lines, lines_at, opened_at, received_at, closed_at)
    select * from ${recordSet(
      rows,
      'id uuid, order_id uuid, return_id text, lines jsonb, lines_at timestamptz, opened_at timestamptz, ' +
        'received_at timestamptz, closed_at timestamptz',
    )}
    on conflict (id) do update set
      lines = excluded.lines, lines_at = excluded.lines_at, opened_at = excluded.opened_at,
      received_at = excluded.received_at, closed_at = excluded.closed_at
  `.execute(trx);
}
