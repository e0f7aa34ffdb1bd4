import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Queryable } from './database.ts';

/** What the shop looks like from outside, in counts. `null` names are those that a row does not have. */
export interface ShopGauges {
  readonly outbox: { readonly waiting: number; readonly parked: number; readonly oldestAt: Instant | null };
  readonly inbox: { readonly waiting: number; readonly failing: number; readonly oldestAt: Instant | null };
  readonly live: readonly { readonly journey: string; readonly state: string; readonly count: number }[];
  readonly deliveries: readonly {
    readonly state: string;
    readonly channel: string | null;
    readonly reason: string | null;
    readonly campaign: string | null;
    readonly count: number;
  }[];
  readonly attempts: readonly {
    readonly connection: string;
    readonly state: string;
    readonly count: number;
  }[];
  readonly duplicatesPossible: number;
  readonly recipients: readonly { readonly campaign: string; readonly count: number }[];
  readonly paused: readonly { readonly scope: string; readonly name: string }[];
}

/**
 * Everything that an alarm needs, in one statement. It reads the enrolments once, and the ledger by its key: ids are in
 * order of creation, so what was begun since an instant lies together, however large the ledger is.
 *
 * @param since ledger rows that were begun at or after it, by the wall clock, are counted
 */
export async function readGauges(db: Queryable, { since }: { readonly since: Instant }): Promise<ShopGauges> {
  const first = firstIdOf(since);
  const { rows } = await sql<ShopGauges>`
    with day as materialized (
      select state, channel, reason, campaign, count(*)::int as count
      from deliveries where id >= ${first}::uuid
      group by state, channel, reason, campaign
    ), requests as materialized (
      select delivery_id, attempt, connection, state from delivery_attempts where delivery_id >= ${first}::uuid
    )
    select
      (select jsonb_build_object(
        'waiting', count(*) filter (where parked_at is null),
        'parked', count(*) filter (where parked_at is not null),
        'oldestAt', extract(epoch from min(created_at)) * 1000
      ) from outbox) as outbox,
      (select jsonb_build_object(
        'waiting', count(*) filter (where attempts = 0),
        'failing', count(*) filter (where attempts > 0),
        'oldestAt', extract(epoch from min(received_at)) * 1000
      ) from inbox where applied_at is null) as inbox,
      (select coalesce(jsonb_agg(counted), '[]') from (
        select journey, state, count(*)::int as count from enrolments where state <> 'closed' group by journey, state
      ) counted) as live,
      (select coalesce(jsonb_agg(day), '[]') from day) as deliveries,
      (select coalesce(jsonb_agg(counted), '[]') from (
        select connection, state, count(*)::int as count from requests group by connection, state
      ) counted) as attempts,
      (select count(distinct earlier.delivery_id)::int from requests earlier
        join requests later on later.delivery_id = earlier.delivery_id and later.attempt > earlier.attempt
        -- One is asked again only after a silence; proof of the first may have come since, and does not undo the second.
        where earlier.state in ('ambiguous', 'accepted')) as "duplicatesPossible",
      (select coalesce(jsonb_agg(counted), '[]') from (
        select o.campaign, count(*)::int as count
        from campaign_occurrences o join campaign_recipients r on r.occurrence_id = o.id
        where o.state = 'running' and not o.is_test
        group by o.campaign
      ) counted) as recipients,
      (select coalesce(jsonb_agg(jsonb_build_object('scope', scope, 'name', name)), '[]') from pauses) as paused
  `.execute(db);
  const [gauges] = rows;
  if (gauges === undefined) throw new Error('a select without a from has one row');
  return gauges;
}

/** The smallest id that could have been made at this instant: `newId` begins with the milliseconds. */
function firstIdOf(instant: Instant): string {
  const hex = Math.max(0, Math.floor(instant)).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
