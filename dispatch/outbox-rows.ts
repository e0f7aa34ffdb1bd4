import { sql } from 'kysely';
import type { Fact } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Database } from '../store/database.ts';
import { closeEnrolments } from '../store/record-exit.ts';

/** One thing that the dispatcher still has to tell Temporal. */
export interface OutboxRow {
  readonly id: string;
  readonly enrolment: string;
  readonly kind: 'start' | 'signal';
  readonly eventId: string | null;
  readonly payload: Record<string, unknown>;
  readonly attempts: number;
}

/**
 * The oldest rows that may be told now, in id order.
 *
 * A row that waits for its next attempt holds back the later rows of its own run, and nobody else's. Ids are handed out
 * before a transaction commits, so a smaller id may appear after a larger one: that is why there is no cursor.
 */
export async function readDueRows(
  db: Database,
  options: { readonly held: readonly string[]; readonly limit: number; readonly now: Instant },
): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    select
      o.id::text as id, o.enrolment_id as enrolment, o.kind, o.event_id as "eventId", o.payload, o.attempts
    from outbox o
    where not (o.id = any(${options.held}::bigint[]))
      and not exists (
        select from outbox waiting
        where waiting.enrolment_id = o.enrolment_id
          and waiting.id <= o.id
          and waiting.next_attempt_at > ${timestamp(options.now)}::timestamptz
      )
    order by o.id
    limit ${options.limit}::integer`.execute(db);
  return rows;
}

/** Rows that nothing more has to be done for. */
export async function deleteRows(db: Database, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await sql`delete from outbox where id = any(${ids}::bigint[])`.execute(db);
}

/** A row that could not be told: it waits, and says why. */
export async function parkRow(
  db: Database,
  row: OutboxRow,
  failure: { readonly error: string; readonly at: Instant; readonly nextAttemptAt: Instant },
): Promise<void> {
  await sql`
    update outbox
    set attempts = attempts + 1,
        parked_at = coalesce(parked_at, ${timestamp(failure.at)}::timestamptz),
        next_attempt_at = ${timestamp(failure.nextAttemptAt)}::timestamptz,
        last_error = ${failure.error}::text
    where id = ${row.id}::bigint`.execute(db);
}

/**
 * Marks enrolments as dispatched that are open, and closes those that were sealed before anybody started them.
 * From here on a seal leaves a signal for the run.
 *
 * Rows that a running intake holds are left for the next round: waiting for them could end in a deadlock.
 *
 * @returns the enrolments that were looked at; those that are missing are held by somebody.
 */
export async function claimStarts(
  db: Database,
  enrolments: readonly string[],
  now: Instant,
): Promise<Set<string>> {
  if (enrolments.length === 0) return new Set();
  const { rows } = await sql<{ id: string; neverStarted: boolean }>`
    with free as materialized (
      select id, state, dispatched_at from enrolments
      where id = any(${enrolments}::uuid[])
      order by id
      for no key update skip locked
    ),
    claimed as (
      update enrolments e
      set dispatched_at = ${timestamp(now)}::timestamptz
      from free
      where e.id = free.id and free.state = 'open' and free.dispatched_at is null
    )
    select id, state = 'sealed' and dispatched_at is null as "neverStarted" from free`.execute(db);
  // Behind the lock no more, and safe: what is sealed is never claimed, and to close it twice changes nothing.
  const neverStarted = rows.filter((row) => row.neverStarted).map((row) => row.id);
  await closeEnrolments(db, neverStarted, { reason: 'sealed', at: now });
  return new Set(rows.map((row) => row.id));
}

/** An enrolment as the dispatcher needs it to name its run. */
export interface DispatchedEnrolment {
  readonly id: string;
  readonly journey: string;
  readonly version: number;
  readonly customer: string;
  readonly fact: Fact;
  readonly dueAt: Instant;
  readonly state: 'open' | 'sealed' | 'closed';
  readonly dispatched: boolean;
}

export async function readEnrolments(
  db: Database,
  ids: readonly string[],
): Promise<Map<string, DispatchedEnrolment>> {
  const { rows } = await sql<DispatchedEnrolment>`
    select
      id, journey, version, customer_id as customer, fact, due_at as "dueAt", state,
      dispatched_at is not null as dispatched
    from enrolments
    where id = any(${ids}::uuid[])`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}
