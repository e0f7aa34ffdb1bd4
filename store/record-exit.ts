import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { type Queryable, timestamp } from './database.ts';

/**
 * Closes an enrolment whose run is over. An enrolment that was sealed before ended because of its seal, whatever its
 * story said last. A message that was still waiting for its time is not sent, and the ledger says why: its journey ended.
 * Called again, it changes nothing.
 *
 * @param exit.reason machine words: the story's own, or the name of the ending event
 */
export async function recordExit(
  db: Queryable,
  exit: { readonly enrolment: string; readonly reason: string; readonly at: Instant },
): Promise<void> {
  const at = sql`${timestamp(exit.at)}::timestamptz`;
  await sql`
    with closed as (
      update enrolments
      set state = 'closed', exit_reason = coalesce(seal_reason, ${exit.reason}::text), exited_at = ${at}
      where id = ${exit.enrolment}::uuid and state <> 'closed'
      returning id, exit_reason
    )
    update deliveries d
    set state = 'skipped',
        reason = 'journey-ended',
        decided_at = ${at},
        deferred_until = null,
        trace = d.trace || jsonb_build_array(jsonb_build_object(
          'gate', 'run-live', 'verdict', 'skip', 'reason', 'journey-ended',
          'saw', jsonb_build_object('enrolment', 'closed', 'endedBy', closed.exit_reason)
        ))
    from closed
    where d.enrolment_id = closed.id and d.state = 'deferred'`.execute(db);
}
