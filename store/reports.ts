import { sql, type RawBuilder } from 'kysely';
import type { DeliveryState, FailureCode, SkipReason } from '../domain/delivery.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Database, type DatabaseTransaction, type Queryable } from './database.ts';

/** What a report is about; test customers and test sends are in none. The period chooses who entered; what became of them counts whenever it happened. */
export interface ReportScope {
  /** Only this journey; campaigns are left out. */
  readonly journey?: string;
  /** Only this campaign; journeys are left out. */
  readonly campaign?: string;
  /** Enrolments opened and campaigns scheduled at or after this instant. */
  readonly from?: Instant;
  /** And before this one. */
  readonly until?: Instant;
}

export type OriginKind = 'journey' | 'campaign';

export interface EntryRow {
  readonly name: string;
  readonly state: 'open' | 'sealed' | 'closed';
  /** Why it ended, as soon as it is decided. */
  readonly reason: string | null;
  readonly count: number;
}

export interface RecipientRow {
  readonly name: string;
  readonly recipients: number;
  /** Of them, those who are left out on purpose, to compare. */
  readonly holdouts: number;
}

/** Recipients for whom the ledger has no row yet. */
export interface UnwrittenRow {
  readonly name: string;
  /** Is this going-out of the campaign still ahead or under way? */
  readonly live: boolean;
  readonly count: number;
}

/** Deliveries of one step that ended alike. */
export interface DeliveryCount {
  readonly name: string;
  readonly step: string;
  readonly state: DeliveryState;
  readonly reason: SkipReason | FailureCode | null;
  readonly count: number;
  readonly delivered: number;
  readonly bounced: number;
  readonly clicked: number;
  /** When the first row of the step came due, for the order of steps. */
  readonly firstDue: Instant;
}

/** Several reads of one instant: what is accepted meanwhile is in all of them or in none. */
export function readSnapshot<Result>(
  db: Database,
  read: (trx: DatabaseTransaction) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (trx) => {
    await sql`set transaction isolation level repeatable read, read only`.execute(trx);
    return read(trx);
  });
}

/** Enrolments by journey, state and end. An enrolment that an event has sealed has ended, whatever its run is doing. */
export async function readEntries(db: Queryable, scope: ReportScope): Promise<EntryRow[]> {
  const { rows } = await sql<EntryRow>`
    select e.journey as name, e.state, coalesce(e.exit_reason, e.seal_reason) as reason, count(*) as count
    from enrolments e
    where ${enrolmentIn(scope)} and ${isReal('e')}
    group by 1, 2, 3
    order by 1, 2, 3
  `.execute(db);
  return rows;
}

/** Recipients by campaign. Of two records of one person one counts. */
export async function readRecipients(db: Queryable, scope: ReportScope): Promise<RecipientRow[]> {
  const { rows } = await sql<RecipientRow>`
    select o.campaign as name, count(*) as recipients, count(*) filter (where r.holdout) as holdouts
    from ${recipients}
    where ${occurrenceIn(scope)} and ${isReal('r')}
    group by 1
    order by 1
  `.execute(db);
  return rows;
}

/** Those of them whose turn has not come, or did not come before the campaign was called off. */
export async function readUnwritten(db: Queryable, scope: ReportScope): Promise<UnwrittenRow[]> {
  const { rows } = await sql<UnwrittenRow>`
    select o.campaign as name, ${isLive} as live, count(*) as count
    from ${recipients}
    where ${occurrenceIn(scope)} and ${isReal('r')} and not r.holdout
      and not exists (select from deliveries d where d.recipient_id = r.id)
    group by 1, 2
    order by 1, 2
  `.execute(db);
  return rows;
}

/**
 * The ledger by journey or campaign, step and outcome. A message that waits for a journey that has ended, or for a campaign
 * that was called off, is not waiting any more: it counts as skipped from the instant at which that was decided.
 */
export async function readLedger(
  db: Queryable,
  kind: OriginKind,
  scope: ReportScope,
): Promise<DeliveryCount[]> {
  const name = sql.ref(`d.${kind}`);
  const isOver = sql`case when d.state = 'deferred' then not ${isOriginLive[kind]} else false end`;
  const { rows } = await sql<DeliveryCount>`
    select name, step, case when is_over then 'skipped' else state end as state,
      case when is_over then ${reasonWhenOver[kind]} else reason end as reason,
      count(*) as count,
      count(*) filter (where arrival in ('delivered', 'read')) as delivered,
      count(*) filter (where arrival in ('bounced', 'failed')) as bounced,
      count(*) filter (where clicked_at is not null) as clicked,
      min(due_at) as "firstDue"
    from (
      select ${name} as name, d.step, d.state, d.reason, d.arrival, d.clicked_at, d.due_at,
        ${isOver} as is_over
      from deliveries d
      where ${name} is not null and ${deliveryIn(kind, scope)} and not d.is_test and ${isReal('d')}
    ) ledger
    group by 1, 2, 3, 4
    order by 1, 2, 3, 4
  `.execute(db);
  return rows;
}

/** How many receipts of providers have been taken in and have not taken effect yet. */
export async function countWaitingReceipts(db: Queryable): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from inbox where applied_at is null
  `.execute(db);
  return rows[0]?.count ?? 0;
}

const reasonWhenOver: Record<OriginKind, SkipReason> = {
  journey: 'journey-ended',
  campaign: 'campaign-not-running',
};

const recipients = sql`campaign_occurrences o
    join campaign_recipients r on r.occurrence_id = o.id and r.duplicate_of is null`;

const isLive = sql`o.state = 'running'`;

const isOriginLive: Record<OriginKind, RawBuilder<boolean>> = {
  journey: sql`exists (select from enrolments e where e.id = d.enrolment_id and e.state = 'open')`,
  campaign: sql`exists (
    select from campaign_recipients r join campaign_occurrences o on o.id = r.occurrence_id
    where r.id = d.recipient_id and ${isLive}
  )`,
};

/** Is the row about somebody who is no test customer? As is known now. */
export function isReal(alias: string): RawBuilder<boolean> {
  return sql`not exists (select from customers t where t.id = ${sql.ref(`${alias}.customer_id`)} and t.is_test)`;
}

/** Is the delivery `d` of an enrolment or a going-out that the report is about? */
export function deliveryIn(kind: OriginKind, scope: ReportScope): RawBuilder<boolean> {
  const isWhole = scope[kind] === undefined && scope.from === undefined && scope.until === undefined;
  if (isWhole) return sql`true`;
  if (kind === 'journey')
    return sql`d.enrolment_id in (select e.id from enrolments e where ${enrolmentIn(scope)})`;
  return sql`d.recipient_id in (
    select r.id from campaign_recipients r join campaign_occurrences o on o.id = r.occurrence_id
    where ${occurrenceIn(scope)}
  )`;
}

function enrolmentIn(scope: ReportScope): RawBuilder<boolean> {
  return allOf([...named(sql`e.journey`, scope.journey), ...within(sql`e.opened_at`, scope)]);
}

function occurrenceIn(scope: ReportScope): RawBuilder<boolean> {
  return allOf([
    sql`not o.is_test`,
    ...named(sql`o.campaign`, scope.campaign),
    ...within(sql`o.scheduled_at`, scope),
  ]);
}

function named(column: RawBuilder<unknown>, name: string | undefined): RawBuilder<unknown>[] {
  return name === undefined ? [] : [sql`${column} = ${name}`];
}

function within(column: RawBuilder<unknown>, { from, until }: ReportScope): RawBuilder<unknown>[] {
  return [
    ...(from === undefined ? [] : [sql`${column} >= ${timestamp(from)}::timestamptz`]),
    ...(until === undefined ? [] : [sql`${column} < ${timestamp(until)}::timestamptz`]),
  ];
}

function allOf(conditions: readonly RawBuilder<unknown>[]): RawBuilder<boolean> {
  return conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;
}
