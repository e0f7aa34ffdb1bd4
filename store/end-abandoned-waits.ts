import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Queryable } from './database.ts';
import { endWaits } from './end-waits.ts';

/** How long a message that is due is left to its run, in milliseconds. */
const graceMs = 10 * 60_000;

/**
 * Ends the waiting of messages whose run or campaign is over: nobody will come back to them. It becomes so when a worker
 * dies, and its row is settled after the end was recorded.
 */
export async function endAbandonedWaits(db: Queryable, at: Instant): Promise<void> {
  const over = sql`
    select d.id as delivery,
      case when e.id is null then 'campaign-live' else 'run-live' end as gate,
      case when e.id is null then 'campaign-not-running' else 'journey-ended' end as reason,
      jsonb_build_object('found', 'waiting') as saw
    from deliveries d
    left join enrolments e on e.id = d.enrolment_id
    left join campaign_recipients r on r.id = d.recipient_id
    left join campaign_occurrences o on o.id = r.occurrence_id
    where d.deferred_until < ${timestamp(at - graceMs)}::timestamptz
      and d.state = 'deferred'
      and (e.state = 'closed' or o.state in ('done', 'cancelled'))`;
  await endWaits(over, at).execute(db);
}
