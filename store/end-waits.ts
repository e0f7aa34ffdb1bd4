import { sql, type RawBuilder } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';

/**
 * The statement that ends the waiting of deliveries: they are skipped, and the trace says why. One that may have arrived,
 * because an earlier request got no answer, is unknown instead: it is listed, and later evidence still settles it.
 *
 * @param over a select of `delivery`, and of what the trace says: `gate`, `reason` and `saw`
 */
export function endWaits(over: RawBuilder<unknown>, at: Instant): RawBuilder<unknown> {
  const now = sql`${timestamp(at)}::timestamptz`;
  return sql`
    update deliveries d
    set state = case when may_have_arrived then 'unknown' else 'skipped' end,
      reason = case when may_have_arrived then null else ended.reason end,
      decided_at = ${now},
      settled_at = ${now},
      deferred_until = null,
      trace = d.trace || jsonb_build_array(jsonb_build_object(
        'gate', ended.gate, 'verdict', 'skip', 'reason', ended.reason, 'saw', ended.saw
      ))
    from (
      select over.*, exists (
        select from delivery_attempts a where a.delivery_id = over.delivery and a.state = 'ambiguous'
      ) as may_have_arrived
      from (${over}) over
    ) ended
    where d.id = ended.delivery and d.state = 'deferred'`;
}
