import { sql } from 'kysely';
import type { EventName } from '../domain/events/catalogue.ts';
import type { Fact } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import type { RoutingNote } from '../domain/routing-note.ts';
import type { DatabaseTransaction, Queryable } from './database.ts';
import { isoOrNull, jsonLines } from './record-set.ts';

/** An event as it is kept: what was sent, the fact as it stood afterwards, and what became of it by journey. */
export interface EventRecord {
  readonly id: string;
  readonly type: EventName;
  readonly customer: string | undefined;
  readonly at: Instant;
  /** JSON, on one line. */
  readonly envelope: string;
  readonly fingerprint: Buffer;
  readonly backfill: boolean;
  readonly isTest: boolean;
  readonly fact: Fact | undefined;
  readonly routing: readonly RoutingNote[];
}

/** The fingerprints of those events that are already here, by id. */
export async function findEvents(db: Queryable, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const { rows } = await sql<{ id: string; fingerprint: Buffer }>`
    select id, fingerprint from events where id = any(${ids}::text[])
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row.fingerprint]));
}

/**
 * Keeps the events. A unique violation means that another transaction has just accepted one of them: intake runs again and
 * finds it. Sorted by id: unsorted batches with the same events lock each other out.
 */
export async function insertEvents(
  trx: DatabaseTransaction,
  events: readonly EventRecord[],
  receivedAt: Instant,
): Promise<void> {
  const sorted = [...events].sort((a, b) => (a.id < b.id ? -1 : 1));
  const rows = sorted.map((event) => ({
    id: event.id,
    type: event.type,
    customer_id: event.customer ?? null,
    occurred_at: isoOrNull(event.at),
    fingerprint: event.fingerprint.toString('hex'),
    backfill: event.backfill,
    is_test: event.isTest,
  }));
  await sql`
    insert into events (id, type, customer_id, occurred_at, received_at, envelope, fingerprint, backfill, is_test, fact, routing)
    select id, type, customer_id, occurred_at, ${isoOrNull(receivedAt)}::timestamptz, envelope::jsonb,
      decode(fingerprint, 'hex'), backfill, is_test, fact::jsonb, routing::jsonb
    from rows from (
      jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (id text, type text, customer_id uuid,
        occurred_at timestamptz, fingerprint text, backfill boolean, is_test boolean),
      ${jsonLines(sorted.map(({ envelope }) => envelope))},
      ${jsonLines(sorted.map(({ fact }) => (fact === undefined ? '' : JSON.stringify(fact))))},
      ${jsonLines(sorted.map(({ routing }) => JSON.stringify(routing)))}
    ) as r(id, type, customer_id, occurred_at, fingerprint, backfill, is_test, envelope, fact, routing)
  `.execute(trx);
}

/** What routing needs to know of an event that happened before. */
export interface PastEvent {
  readonly id: string;
  readonly type: EventName;
  readonly customer: string;
  readonly at: Instant;
  readonly fact: Fact | null;
}

/** Events of the customers, of the types named, that happened at or after an instant per customer; oldest first. */
export async function findEventsSince(
  db: Queryable,
  since: ReadonlyMap<string, Instant>,
  types: readonly EventName[],
): Promise<PastEvent[]> {
  if (since.size === 0 || types.length === 0) return [];
  const { rows } = await sql<PastEvent>`
    select e.id, e.type, e.customer_id as customer, e.occurred_at as at, e.fact
    from unnest(${[...since.keys()]}::uuid[], ${[...since.values()].map(isoOrNull)}::timestamptz[]) as s(customer, since)
    cross join lateral (
      select * from events
      where customer_id = s.customer and occurred_at >= s.since and type = any(${types}::text[])
      offset 0
    ) e
    order by e.occurred_at, e.received_at
  `.execute(db);
  return rows;
}

/** An event that may be of nobody in particular. */
export type ReadEvent = Omit<PastEvent, 'customer'> & { readonly customer: string | null };

export async function readEvent(db: Queryable, id: string): Promise<ReadEvent | undefined> {
  const { rows } = await sql<ReadEvent>`
    select id, type, customer_id as customer, occurred_at as at, fact from events where id = ${id}
  `.execute(db);
  return rows[0];
}

export async function addRoutingNote(
  trx: DatabaseTransaction,
  event: string,
  note: RoutingNote,
): Promise<void> {
  await sql`
    update events set routing = routing || ${JSON.stringify([note])}::jsonb where id = ${event}
  `.execute(trx);
}
