import { sql } from 'kysely';
import type { CampaignDefinition } from '../domain/campaign.ts';
import type { CampaignState } from '../domain/delivery.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Queryable } from './database.ts';
import { isoOrNull } from './record-set.ts';

/** One going-out of a campaign. */
export interface Occurrence {
  readonly id: string;
  readonly campaign: string;
  /** When its dispatcher was to begin; with the campaign's name it is what makes it this one and no other. */
  readonly scheduledAt: Instant;
  readonly launchedAt: Instant | null;
  readonly state: CampaignState;
  readonly isTest: boolean;
}

interface OccurrenceRow {
  readonly id: string;
  readonly campaign: string;
  readonly scheduled_at: Instant;
  readonly launched_at: Instant | null;
  readonly state: CampaignState;
  readonly is_test: boolean;
}

const seen = sql.raw('id, campaign, scheduled_at, launched_at, state, is_test');

function occurrenceOf(row: OccurrenceRow): Occurrence {
  const { id, campaign, state } = row;
  return {
    id,
    campaign,
    state,
    scheduledAt: row.scheduled_at,
    launchedAt: row.launched_at,
    isTest: row.is_test,
  };
}

export interface NewOccurrence {
  readonly id: string;
  readonly campaign: string;
  readonly scheduledAt: Instant;
  readonly launchedAt: Instant;
  readonly includesBusiness: boolean;
  /** Who has ordered since then is left out; absent: nobody. */
  readonly excludesBuyersSince?: Instant;
  readonly isTest?: boolean;
}

/** Begins an occurrence. Begun before, by whomever, it stays as it is: a schedule and an operator may both begin it. */
export async function beginOccurrence(db: Queryable, occurrence: NewOccurrence): Promise<Occurrence> {
  const { id, campaign, scheduledAt, launchedAt, includesBusiness, excludesBuyersSince, isTest } = occurrence;
  await sql`
    insert into campaign_occurrences
      (id, campaign, scheduled_at, launched_at, state, is_test, includes_business, excludes_buyers_since, created_at)
    values (
      ${id}, ${campaign}, ${timestamp(scheduledAt)}, ${timestamp(launchedAt)}, 'running', ${isTest ?? false},
      ${includesBusiness}, ${isoOrNull(excludesBuyersSince)}::timestamptz, ${timestamp(launchedAt)}
    )
    on conflict (campaign, scheduled_at) do nothing
  `.execute(db);
  const { rows } = await sql<OccurrenceRow>`
    select ${seen} from campaign_occurrences
    where campaign = ${campaign} and scheduled_at = ${timestamp(scheduledAt)}::timestamptz
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error(`the occurrence of ${campaign} has vanished`);
  return occurrenceOf(row);
}

export async function readOccurrence(db: Queryable, id: string): Promise<Occurrence | undefined> {
  const { rows } = await sql<OccurrenceRow>`
    select ${seen} from campaign_occurrences where id = ${id}::uuid
  `.execute(db);
  return rows.map(occurrenceOf)[0];
}

/** Occurrences under way, of one campaign or of all; test sends only when asked for. */
export async function listUnderWay(
  db: Queryable,
  { campaign, tests = false }: { readonly campaign?: string; readonly tests?: boolean } = {},
): Promise<Occurrence[]> {
  const { rows } = await sql<OccurrenceRow>`
    select ${seen} from campaign_occurrences
    where state = 'running' and (${tests} or not is_test)
      and ${campaign === undefined ? sql`true` : sql`campaign = ${campaign}`}
    order by scheduled_at, campaign
  `.execute(db);
  return rows.map(occurrenceOf);
}

/** A campaign's occurrences, newest first; test sends only when asked for. */
export async function listOccurrences(
  db: Queryable,
  campaign: string,
  { tests = false }: { readonly tests?: boolean } = {},
): Promise<Occurrence[]> {
  const { rows } = await sql<OccurrenceRow>`
    select ${seen} from campaign_occurrences
    where campaign = ${campaign} and (${tests} or not is_test)
    order by scheduled_at desc
  `.execute(db);
  return rows.map(occurrenceOf);
}

/** How far back a launch still belongs to the same series: last year's is another. */
const seriesMs = 60 * 86_400_000;

/**
 * Since when an order leaves a customer out of a campaign: since its own launch, or that of the campaign that opened the
 * series. Undefined when nobody is left out.
 */
export async function buyersSince(
  db: Queryable,
  { excludeBuyersSinceLaunch: since = false }: Pick<CampaignDefinition, 'excludeBuyersSinceLaunch'>,
  launchedAt: Instant,
): Promise<Instant | undefined> {
  if (since === false) return undefined;
  if (since === true) return launchedAt;
  return (await lastLaunch(db, since, { from: launchedAt - seriesMs, to: launchedAt })) ?? launchedAt;
}

/** When a campaign was last launched within a time. One that was called off before anybody was written down never was. */
async function lastLaunch(
  db: Queryable,
  campaign: string,
  { from, to }: { readonly from: Instant; readonly to: Instant },
): Promise<Instant | undefined> {
  const { rows } = await sql<{ launched_at: Instant | null }>`
    select max(launched_at) as launched_at
    from campaign_occurrences o
    where campaign = ${campaign} and not is_test
      and launched_at between ${timestamp(from)}::timestamptz and ${timestamp(to)}::timestamptz
      and (state <> 'cancelled' or exists (select from campaign_recipients where occurrence_id = o.id))
  `.execute(db);
  return rows[0]?.launched_at ?? undefined;
}

/** Ends an occurrence that is running. False when it was not. */
export async function endOccurrence(
  db: Queryable,
  id: string,
  state: 'done' | 'cancelled',
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update campaign_occurrences set state = ${state} where id = ${id}::uuid and state = 'running'
  `.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

/** Is something paused that holds back a whole campaign? */
export async function isCampaignPaused(db: Queryable, campaign: string): Promise<boolean> {
  const { rows } = await sql`
    select from pauses
    where scope = 'everything' or (scope = 'campaign' and name = ${campaign})
    limit 1
  `.execute(db);
  return rows.length > 0;
}
