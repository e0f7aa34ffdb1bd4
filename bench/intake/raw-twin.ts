import { sql } from 'kysely';
import { newId } from '../../store/new-id.ts';
import type { Database } from '../../store/database.ts';
import { createEventRow } from './raw-event-row.ts';
import type { TrafficEvent } from './shop-traffic.ts';

/** Rows by table, as JSON. */
type RowsByTable = ReadonlyMap<string, readonly object[]>;

export interface RawTwin {
  /** The rows that intake wrote for these events. */
  rowsOf(events: readonly TrafficEvent[]): Promise<RowsByTable>;
  /** Puts them into tables of the same shape, one statement a table, in one transaction. */
  insert(rows: RowsByTable): Promise<void>;
  /** One event, as it was sent, in a transaction of its own. */
  insertOne(event: TrafficEvent): Promise<void>;
}

const tables = [
  'events',
  'carts',
  'orders',
  'order_lines',
  'contact_points',
  'variants',
  'enrolments',
  'outbox',
] as const;

/**
 * Tables like ours, with their keys and indexes and without references, and the plainest way to fill them: what remains
 * when nothing is looked up, decided or locked.
 */
export async function createRawTwin(db: Database): Promise<RawTwin> {
  await sql`create schema raw`.execute(db);
  for (const table of tables) {
    await sql`create table ${sql.table(`raw.${table}`)} (like ${sql.table(table)} including all)`.execute(db);
  }
  let serial = 0;
  return {
    async rowsOf(events) {
      const ids = events.map((event) => event.id);
      const rows = new Map<string, readonly object[]>();
      for (const [table, query] of Object.entries(written(ids))) {
        const found = await sql<{
          row: Record<string, unknown>;
        }>`select to_jsonb(w) as row from (${query}) w`.execute(db);
        rows.set(
          table,
          found.rows.map(({ row }) => withoutClashes(table, row, (serial += 1))),
        );
      }
      return rows;
    },
    async insert(rows) {
      await db.transaction().execute(async (trx) => {
        for (const [table, list] of rows) {
          if (list.length === 0) continue;
          const target = sql.table(`raw.${table}`);
          await sql`
            insert into ${target} overriding system value
            select * from jsonb_populate_recordset(null::${target}, ${JSON.stringify(list)}::jsonb)
          `.execute(trx);
        }
      });
    },
    async insertOne(event) {
      const row = createEventRow(event);
      await sql`
        insert into raw.events (id, type, occurred_at, received_at, envelope, fingerprint)
        values (${row.id}, ${row.type}, ${row.at}::timestamptz, ${row.at}::timestamptz, ${row.envelope}::jsonb, ${row.fingerprint})
      `.execute(db);
    },
  };
}

/** A row for each write: a cart that was written three times was three rows' work. */
function written(ids: readonly string[]) {
  const told = sql`select * from events where id = any(${ids}::text[])`;
  return {
    events: told,
    carts: sql`select c.* from (${told}) e join carts c on c.id = (e.fact ->> 'cycle')::uuid`,
    orders: sql`select o.* from (${told}) e join orders o on o.id = (e.fact ->> 'order')::uuid`,
    order_lines: sql`select l.* from (${told}) e join order_lines l on l.order_id = (e.fact ->> 'order')::uuid`,
    contact_points: sql`select p.* from (${told}) e join contact_points p on p.customer_id = e.customer_id where e.type = 'customer.updated'`,
    variants: sql`select v.* from (${told}) e join variants v on v.variant = e.fact ->> 'variant'`,
    enrolments: sql`select * from enrolments where opened_by = any(${ids}::text[])`,
    outbox: sql`select * from outbox where event_id = any(${ids}::text[])`,
  };
}

/** The plain tables keep their keys: a row that is written again gets another one. */
function withoutClashes(table: string, row: Record<string, unknown>, serial: number): object {
  switch (table) {
    case 'carts':
      return { ...row, id: newId(), cycle: serial };
    case 'contact_points':
      return { ...row, customer_id: newId() };
    case 'variants':
      return { ...row, variant: `${String(row['variant'])}-${serial}` };
    default:
      return row;
  }
}
