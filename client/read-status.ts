import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { campaignGone } from '../domain/campaign-sends.ts';
import { listUnderWay } from '../store/campaign-occurrences.ts';
import { listOpenComplaints, type WaitingComplaint } from '../store/complaints.ts';
import type { Queryable } from '../store/database.ts';

/** The shop at a glance: what runs, what waits, what needs a person. */
export interface Status {
  readonly customers: number;
  readonly events: number;
  /** By journey: how many are in it, and how many have been through. */
  readonly journeys: readonly { readonly journey: string; readonly open: number; readonly ended: number }[];
  readonly deliveries: Readonly<Record<string, number>>;
  /** Campaigns under way, without test sends. */
  readonly campaigns: readonly UnderWay[];
  /** Messages that may or may not have arrived; `asking`: their providers are still to be asked about so many. */
  readonly unknown: { readonly count: number; readonly asking: number; readonly oldestAt: Instant | null };
  /** Starts and signals that Temporal has not been told yet. */
  readonly outbox: { readonly waiting: number; readonly parked: number; readonly oldestAt: Instant | null };
  /** What providers told that has not had its effect yet. Those that fail again and again are named. */
  readonly inbox: {
    readonly waiting: number;
    readonly oldestAt: Instant | null;
    readonly failing: readonly {
      readonly receipt: string;
      readonly attempts: number;
      readonly error: string | null;
    }[];
  };
  /** Customers who wait for a person: nothing is advertised to them meanwhile. Those who have waited longest are named. */
  readonly complaints: { readonly open: number; readonly longest: readonly WaitingComplaint[] };
  readonly paused: readonly {
    readonly scope: string;
    readonly name: string;
    readonly since: Instant;
    readonly reason: string | null;
  }[];
}

export interface UnderWay {
  readonly campaign: string;
  readonly scheduledAt: Instant;
  /** Set when its code is not there any more: what to do. */
  readonly gone?: string;
}

/** Attempts after which a receipt needs a person: by then it has failed for about a minute. */
const failsAgainAndAgain = 6;
const mostNamed = 20;

/** @param campaigns names of those that are defined; without them, none is said to be gone */
export async function readStatus(
  db: Queryable,
  { campaigns }: { readonly campaigns?: readonly string[] } = {},
): Promise<Status> {
  const { rows: counts } = await sql<{ customers: number; events: number }>`
    select (select count(*) from customers where state = 'active')::int as customers,
           (select count(*) from events)::int as events
  `.execute(db);
  const { rows: journeys } = await sql<Status['journeys'][number]>`
    select journey,
           count(*) filter (where state = 'open')::int as open,
           count(*) filter (where state <> 'open')::int as ended
    from enrolments
    group by journey
    order by journey
  `.execute(db);
  const { rows: deliveries } = await sql<{ state: string; count: number }>`
    select state, count(*)::int as count from deliveries group by state order by state
  `.execute(db);
  const { rows: unknown } = await sql<Status['unknown']>`
    select count(*)::int as count, count(l.next_at)::int as asking,
           min(coalesce(d.sending_at, d.decided_at)) as "oldestAt"
    from deliveries d
    left join look_ups l on l.delivery_id = d.id
    where d.state = 'unknown'
  `.execute(db);
  const { rows: outbox } = await sql<Status['outbox']>`
    select count(*) filter (where parked_at is null)::int as waiting,
           count(*) filter (where parked_at is not null)::int as parked,
           min(created_at) as "oldestAt"
    from outbox
  `.execute(db);
  const { rows: inbox } = await sql<{ waiting: number; oldestAt: Instant | null }>`
    select count(*)::int as waiting, min(received_at) as "oldestAt" from inbox where applied_at is null
  `.execute(db);
  const failing = await db
    .selectFrom('inbox')
    .select(['id as receipt', 'attempts', 'last_error as error'])
    .where('applied_at', 'is', null)
    .where('attempts', '>=', failsAgainAndAgain)
    .orderBy('number')
    .limit(mostNamed)
    .execute();
  const underWay = await listUnderWay(db);
  const complaints = await listOpenComplaints(db, { limit: mostNamed });
  const paused = await db
    .selectFrom('pauses')
    .select(['scope', 'name', 'paused_at as since', 'reason'])
    .orderBy('paused_at')
    .execute();
  return {
    customers: counts[0]?.customers ?? 0,
    events: counts[0]?.events ?? 0,
    journeys,
    campaigns: underWay.map(({ campaign, scheduledAt }) => ({
      campaign,
      scheduledAt,
      ...(campaigns === undefined || campaigns.includes(campaign)
        ? {}
        : { gone: campaignGone(campaign).message }),
    })),
    deliveries: Object.fromEntries(deliveries.map(({ state, count }) => [state, count])),
    unknown: unknown[0] ?? { count: 0, asking: 0, oldestAt: null },
    outbox: outbox[0] ?? { waiting: 0, parked: 0, oldestAt: null },
    inbox: { waiting: inbox[0]?.waiting ?? 0, oldestAt: inbox[0]?.oldestAt ?? null, failing },
    complaints,
    paused,
  };
}
