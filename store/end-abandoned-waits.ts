import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Queryable } from './database.ts';

/** How long a message that is due is left to its run, in milliseconds. */
const graceMs = 10 * 60_000;

/**
 * Ends the waiting of messages whose run or campaign is over: nobody will come back to them. It becomes so when a worker
 * dies, and its row is settled after the end was recorded. As in `record-exit.ts`, one that may have arrived is unknown.
 */
export async function endAbandonedWaits(db: Queryable, at: Instant): Promise<void> {
  const now = sql`${timestamp(at)}::timestamptz`;
  await sql`
    with over as (
      select d.id,
        case when e.id is null then 'campaign-not-running' else 'journey-ended' end as reason,
        case when e.id is null then 'campaign-live' else 'run-live' end as gate,
        exists (
          select from delivery_attempts a where a.delivery_id = d.id and a.state = 'ambiguous'
        ) as may_have_arrived
      from deliveries d
      left join enrolments e on e.id = d.enrolment_id
      left join campaign_recipients r on r.id = d.recipient_id
      left join campaign_occurrences o on o.id = r.occurrence_id
      where d.deferred_until < ${timestamp(at - graceMs)}::timestamptz
        and d.state = 'deferred'
        and (e.state = 'closed' or o.state in ('done', 'cancelled'))
    )
    update deliveries d
    set state = case when may_have_arrived then 'unknown' else 'skipped' end,
      reason = case when may_have_arrived then null else over.reason end,
      decided_at = ${now},
      settled_at = ${now},
      deferred_until = null,
      trace = d.trace || jsonb_build_array(jsonb_build_object(
        'gate', over.gate, 'verdict', 'skip', 'reason', over.reason, 'saw', jsonb_build_object('found', 'waiting')
      ))
    from over
    where d.id = over.id and d.state = 'deferred'
  `.execute(db);
}
