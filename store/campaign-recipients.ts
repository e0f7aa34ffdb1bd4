import { sql } from 'kysely';
import type { Place } from '../domain/calendar/recipient-zone.ts';
import type { CampaignDefinition } from '../domain/campaign.ts';
import type { SkipReason } from '../domain/delivery.ts';
import type { Instant } from '../domain/instant.ts';
import type { Occurrence } from './campaign-occurrences.ts';
import { timestamp, type Queryable } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';
import { firstId, isInSegment } from './segments.ts';

/** A place where customers are: a stated zone, else a country, else neither. */
export interface KeyedPlace extends Place {
  /** Made of the other two; every customer has exactly one. */
  readonly key: string;
}

const placeKey = sql.raw(`
  case
    when c.time_zone is not null and c.time_zone_source = 'stated' then 'zone ' || c.time_zone
    when c.country is not null then 'country ' || c.country
    else ''
  end`);

/** Every place that a customer is in; a few hundred at most. */
export async function listPlaces(db: Queryable): Promise<KeyedPlace[]> {
  const { rows } = await sql<{ key: string }>`
    select distinct ${placeKey} as key from customers c where c.state = 'active' order by key
  `.execute(db);
  return rows.map(({ key }) => ({
    key,
    statedZone: key.startsWith('zone ') ? key.slice(5) : null,
    country: key.startsWith('country ') ? key.slice(8) : null,
  }));
}

export interface RecipientPage {
  readonly occurrence: Pick<Occurrence, 'id' | 'campaign'>;
  /** Holdout and variants are drawn by a hash of campaign and customer. */
  readonly definition: Pick<CampaignDefinition, 'audience' | 'holdout' | 'variants'>;
  /** Only customers in these places, with the instant at which each is due. */
  readonly due: readonly { readonly key: string; readonly at: Instant }[];
  readonly now: Instant;
  /** Customers after this one, in the order of their ids. */
  readonly after?: string;
  readonly limit: number;
}

export interface TakenPage {
  /** Recipients that were not there before. */
  readonly taken: number;
  /** The last customer that was looked at; absent when there is nobody left. */
  readonly last?: string;
}

/**
 * Writes down a page of the audience as recipients, each with the instant at which they are due and the variant they get,
 * once for good: who is there already stays as they are.
 */
export async function takeRecipients(db: Queryable, page: RecipientPage): Promise<TakenPage> {
  const { occurrence, now, after, limit } = page;
  const { audience, holdout = 0, variants = {} } = page.definition;
  const due = page.due.map(({ key, at }) => ({ key, at: isoOrNull(at) }));
  const { rows } = await sql<{ taken: number; last: string | null }>`
    with page as materialized (
      select c.id, r.at
      from customers c
      join ${recordSet(due, 'key text, at timestamptz')} on r.key = ${placeKey}
      where c.id > ${after ?? firstId}::uuid and ${isInSegment(audience, now)}
      order by c.id
      limit ${limit}
    ), lots as (
      select id, at, ${lotOf(occurrence.campaign, 'holdout')} as holdout_lot, ${lotOf(occurrence.campaign, 'variant')} as variant_lot
      from page
    ), taken as (
      insert into campaign_recipients (id, occurrence_id, customer_id, due_at, variant, holdout)
      select gen_random_uuid(), ${occurrence.id}::uuid, id, at, ${variantOf(variants)}, holdout_lot < ${holdout}
      from lots
      on conflict (occurrence_id, customer_id) do nothing
      returning 1
    )
    select (select count(*) from taken) as taken, (select id from page order by id desc limit 1) as last
  `.execute(db);
  const { taken = 0, last = null } = rows[0] ?? {};
  return { taken, ...(last === null ? {} : { last }) };
}

/** A number from 0 up to 1 by which a customer is drawn; another for each purpose, the same each time. */
function lotOf(campaign: string, purpose: 'holdout' | 'variant') {
  return sql<number>`(('x' || substr(md5(${`${campaign} ${purpose} `} || id), 1, 8))::bit(32)::bigint / 4294967296.0)`;
}

function variantOf(variants: NonNullable<CampaignDefinition['variants']>) {
  const named = Object.entries(variants);
  if (named.length === 0) return sql`null::text`;
  const total = named.reduce((sum, [, { share }]) => sum + share, 0);
  let upTo = 0;
  const cases = named.map(([name, { share }]) => {
    upTo += share;
    return sql`when variant_lot < ${upTo / total} then ${name}`;
  });
  return sql`(case ${sql.join(cases, sql` `)} else ${named.at(-1)?.[0] ?? null} end)::text`;
}

/** A recipient whose message has not come to an end yet. */
export interface PendingRecipient {
  readonly id: string;
  readonly dueAt: Instant;
  readonly variant: string | null;
}

/** Where a reading of recipients goes on: after this one, in the order of due instant and id. */
export interface RecipientCursor {
  readonly dueAt: Instant;
  readonly id: string;
}

export interface PendingPage {
  readonly occurrence: string;
  /** Recipients that are due by then, and messages that were put off until then or because of a pause that is over. */
  readonly now: Instant;
  /** Also those for whom it is too early: their campaign was cancelled, and the ledger is to say so. */
  readonly all?: boolean;
  /** One of so many parts that do not overlap, counted from 0. */
  readonly lane: number;
  readonly lanes: number;
  readonly after?: RecipientCursor;
  readonly limit: number;
}

const beginning: RecipientCursor = { dueAt: 0, id: firstId };

/** A provider that was promised an hour of rest is given it, whatever becomes of the campaign meanwhile. */
const waitForProvider: SkipReason = 'provider-busy';

/**
 * A message that a pause put off, and nothing holds it back any more: whoever ended the pause waits for it to go on. Of one
 * that waits for evidence of an earlier request the row tells that request's channel, so it is left until its time.
 */
const isPauseOver = sql.raw(`(
  d.reason = 'paused' and d.sending_at is null and not exists (
    select from pauses p
    where p.scope = 'everything'
      or (p.scope = 'campaign' and p.name = d.campaign)
      or (p.scope = 'channel' and p.name = d.channel)
  )
)`);

const mayGoOn = (now: Instant) =>
  sql<boolean>`(d.state = 'deferred' and (d.deferred_until <= ${timestamp(now)}::timestamptz or ${isPauseOver}))`;

/** Recipients with something left to do: never tried, put off until now, or in the hands of a worker that may have died. */
export async function pendingRecipients(db: Queryable, page: PendingPage): Promise<PendingRecipient[]> {
  const { occurrence, now, all = false, lane, lanes, after = beginning, limit } = page;
  const { rows } = await sql<{ id: string; due_at: Instant; variant: string | null }>`
    select r.id, r.due_at, r.variant
    from campaign_recipients r
    left join deliveries d on d.recipient_id = r.id
    where r.occurrence_id = ${occurrence}::uuid
      and (r.due_at, r.id) > (${timestamp(after.dueAt)}::timestamptz, ${after.id}::uuid)
      and (${all} or r.due_at <= ${timestamp(now)}::timestamptz)
      and get_byte(uuid_send(r.id), 15) % ${lanes}::integer = ${lane}::integer
      and (
        d.id is null or d.state = 'sending' or ${mayGoOn(now)}
        or (${all} and d.state = 'deferred' and d.reason <> ${waitForProvider})
      )
    order by r.due_at, r.id
    limit ${limit}
  `.execute(db);
  return rows.map(({ id, due_at, variant }) => ({ id, dueAt: due_at, variant }));
}

/** How an occurrence stands. */
export interface Backlog {
  readonly recipients: number;
  /** Due, and not yet at an end. */
  readonly open: number;
  /** Taken, and due later. */
  readonly nextDue: Instant | null;
  /** Put off until later: how many, and the first instant. */
  readonly deferred: number;
  readonly nextDeferred: Instant | null;
  /** Not yet at an end, whenever they are due, except those that wait for their provider. */
  readonly unfinished: number;
}

export async function readBacklog(db: Queryable, occurrence: string, now: Instant): Promise<Backlog> {
  const at = sql`${timestamp(now)}::timestamptz`;
  const { rows } = await sql<Backlog>`
    select
      count(*) as recipients,
      count(*) filter (
        where r.due_at <= ${at} and (d.id is null or d.state = 'sending' or ${mayGoOn(now)})
      ) as open,
      min(r.due_at) filter (where r.due_at > ${at} and d.id is null) as "nextDue",
      count(*) filter (where d.state = 'deferred' and d.deferred_until > ${at}) as deferred,
      min(d.deferred_until) filter (where d.state = 'deferred' and d.deferred_until > ${at}) as "nextDeferred",
      count(*) filter (
        where d.id is null or d.state = 'sending'
          or (d.state = 'deferred' and (d.deferred_until <= ${at} or d.reason <> ${waitForProvider}))
      ) as unfinished
    from campaign_recipients r
    left join deliveries d on d.recipient_id = r.id
    where r.occurrence_id = ${occurrence}::uuid
  `.execute(db);
  const [backlog] = rows;
  if (backlog === undefined) throw new Error('an aggregate gave no row');
  return backlog;
}

export interface ProgressRow {
  readonly state: 'waiting' | 'deferred' | 'skipped' | 'sending' | 'accepted' | 'failed' | 'unknown';
  readonly channel: string | null;
  readonly reason: string | null;
  readonly variant: string | null;
  readonly count: number;
}

/** What has become of the recipients so far; `waiting` are those whose time has not come. */
export async function readProgress(db: Queryable, occurrence: string): Promise<ProgressRow[]> {
  const { rows } = await sql<ProgressRow>`
    select coalesce(d.state, 'waiting') as state, d.channel, d.reason, r.variant, count(*) as count
    from campaign_recipients r
    left join deliveries d on d.recipient_id = r.id
    where r.occurrence_id = ${occurrence}::uuid
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4
  `.execute(db);
  return rows;
}

/** One recipient by hand, for a test send. */
export async function addRecipient(
  db: Queryable,
  recipient: {
    readonly id: string;
    readonly occurrence: string;
    readonly customer: string;
    readonly dueAt: Instant;
    readonly variant?: string;
  },
): Promise<void> {
  const { id, occurrence, customer, dueAt, variant = null } = recipient;
  await sql`
    insert into campaign_recipients (id, occurrence_id, customer_id, due_at, variant, holdout)
    values (${id}, ${occurrence}, ${customer}, ${timestamp(dueAt)}, ${variant}, false)
  `.execute(db);
}
