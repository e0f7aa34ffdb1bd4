import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Queryable } from './database.ts';

/** A journey is over for an enrolment. */
export interface Exit {
  readonly enrolment: string;
  /** Machine words: the story's own, or the name of the ending event. */
  readonly reason: string;
  readonly at: Instant;
}

/** Closes an enrolment whose run is over, as `closeEnrolments` does. */
export async function recordExit(db: Queryable, { enrolment, reason, at }: Exit): Promise<void> {
  await closeEnrolments(db, [enrolment], { reason, at });
}

/**
 * Closes enrolments and tells which of them were not closed before. It is the one way in which an enrolment that
 * somebody has seen is closed. Called again, it changes nothing.
 *
 * An enrolment that was sealed before ended because of its seal, whatever its story said last; one that was sealed before
 * its run began ended at that instant. A message that was still waiting for its time is not sent, and the ledger says
 * why: its journey ended. One that may have arrived, because an earlier request got no answer, is unknown instead: it is
 * listed, and later evidence still settles it.
 */
export async function closeEnrolments(
  db: Queryable,
  enrolments: readonly string[],
  exit: Omit<Exit, 'enrolment'>,
): Promise<readonly string[]> {
  if (enrolments.length === 0) return [];
  const at = sql`${timestamp(exit.at)}::timestamptz`;
  const { rows } = await sql<{ id: string }>`
    with closed as (
      update enrolments
      set state = 'closed',
          exit_reason = coalesce(seal_reason, ${exit.reason}::text),
          exited_at = case when dispatched_at is null then coalesce(sealed_at, ${at}) else ${at} end
      where id = any(${enrolments}::uuid[]) and state <> 'closed'
      returning id, exit_reason
    ),
    waiting as (
      select d.id, closed.exit_reason, exists (
        select from delivery_attempts a where a.delivery_id = d.id and a.state = 'ambiguous'
      ) as may_have_arrived
      from deliveries d
      join closed on closed.id = d.enrolment_id
      where d.state = 'deferred'
    ),
    settled as (
      update deliveries d
      set state = case when may_have_arrived then 'unknown' else 'skipped' end,
          reason = case when may_have_arrived then null else 'journey-ended' end,
          decided_at = ${at},
          settled_at = ${at},
          deferred_until = null,
          trace = d.trace || jsonb_build_array(jsonb_build_object(
            'gate', 'run-live', 'verdict', 'skip', 'reason', 'journey-ended',
            'saw', jsonb_build_object('enrolment', 'closed', 'endedBy', waiting.exit_reason)
          ))
      from waiting
      where d.id = waiting.id and d.state = 'deferred'
    )
    select id from closed`.execute(db);
  return rows.map((row) => row.id);
}
