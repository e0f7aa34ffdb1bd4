import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Queryable } from './database.ts';
import { endWaits } from './end-waits.ts';

/** A journey is over for an enrolment. */
export interface ExitRecord {
  readonly enrolment: string;
  /** Machine words: the story's own, or the name of the ending event. */
  readonly reason: string;
  readonly at: Instant;
}

/** Closes an enrolment whose run is over, as `closeEnrolments` does. */
export async function recordExit(db: Queryable, { enrolment, reason, at }: ExitRecord): Promise<void> {
  await closeEnrolments(db, [enrolment], { reason, at });
}

/**
 * Closes enrolments and tells which of them were not closed before. It is the one way in which an enrolment that
 * somebody has seen is closed. Called again, it changes nothing.
 *
 * An enrolment that was sealed before ended because of its seal, whatever its story said last; one that was sealed before
 * its run began ended at that instant. A message that was still waiting for its time is not sent, and the ledger says
 * why: its journey ended.
 */
export async function closeEnrolments(
  db: Queryable,
  enrolments: readonly string[],
  exit: Omit<ExitRecord, 'enrolment'>,
): Promise<readonly string[]> {
  if (enrolments.length === 0) return [];
  const at = sql`${timestamp(exit.at)}::timestamptz`;
  const waiting = sql`
    select d.id as delivery, 'run-live' as gate, 'journey-ended' as reason,
      jsonb_build_object('enrolment', 'closed', 'endedBy', closed.exit_reason) as saw
    from deliveries d
    join closed on closed.id = d.enrolment_id
    where d.state = 'deferred'`;
  const { rows } = await sql<{ id: string }>`
    with closed as (
      update enrolments
      set state = 'closed',
          exit_reason = coalesce(seal_reason, ${exit.reason}::text),
          exited_at = case when dispatched_at is null then coalesce(sealed_at, ${at}) else ${at} end
      where id = any(${enrolments}::uuid[]) and state <> 'closed'
      returning id, exit_reason
    ),
    ended as (${endWaits(waiting, exit.at)})
    select id from closed`.execute(db);
  return rows.map((row) => row.id);
}
