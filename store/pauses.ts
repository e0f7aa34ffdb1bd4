import { sql, type RawBuilder } from 'kysely';
import { toIso, type Instant } from '../domain/instant.ts';
import { timestamp, type Database, type Queryable } from './database.ts';
import { closeEnrolments } from './record-exit.ts';

/** What can be stopped: everything, or one journey, campaign or channel by its name. */
export type PauseScope =
  | { readonly scope: 'everything' }
  | { readonly scope: 'journey' | 'campaign' | 'channel'; readonly name: string };

/**
 * What becomes of the messages that came due during a pause, when it ends.
 *
 * - `send`: they go out now, each as long as it is useful.
 * - `skip`: they are not sent; journeys go on with what comes next.
 * - `expire`: they are not sent, and the passages through journeys that were waiting with them are over.
 */
export const overdueChoices = ['send', 'skip', 'expire'] as const;
export type Overdue = (typeof overdueChoices)[number];

/** The exit of a passage that was waiting with an overdue message, by the choice `expire`. */
const expiredReason = 'expired';

/**
 * Stops a scope. After the commit nothing of it passes the point of no return, but for the one small batch of each worker
 * that had read the pauses and not yet committed: no lock is taken, since it would have to hold up everything. Messages
 * wait and go on after `resume`, as long as they are useful.
 *
 * @returns false when it was paused already; the first reason stays
 */
export async function pause(
  db: Queryable,
  what: PauseScope,
  { at, reason = null }: { readonly at: Instant; readonly reason?: string | null },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into pauses (scope, name, paused_at, reason)
    values (${what.scope}, ${nameOf(what)}, ${timestamp(at)}::timestamptz, ${reason})
    on conflict (scope, name) do nothing
  `.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

/**
 * Lets a scope go on; waiting messages of journeys notice within five minutes, campaigns at once when their dispatchers are
 * told (`client/campaigns/stir-campaigns.ts`) and within ten minutes when not. What was due meanwhile is sent, unless `leaveOut` says otherwise: then it is left out from the same commit on, whatever a worker is
 * doing.
 *
 * @returns false when it was not paused; then nothing is left out either
 */
export async function resume(
  db: Database,
  what: PauseScope,
  leaveOut?: { readonly overdue: Exclude<Overdue, 'send'>; readonly at: Instant },
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const ended = await sql<{ paused_at: Instant }>`
      delete from pauses where scope = ${what.scope} and name = ${nameOf(what)} returning paused_at
    `.execute(trx);
    const [pause] = ended.rows;
    if (pause === undefined) return false;
    if (leaveOut === undefined) return true;
    await sql`
      insert into lapses (scope, name, paused_at, resumed_at)
      values (${what.scope}, ${nameOf(what)}, ${toIso(pause.paused_at)}::timestamptz, ${timestamp(leaveOut.at)}::timestamptz)
      on conflict do nothing
    `.execute(trx);
    if (leaveOut.overdue === 'expire') await expireWaiting(trx, what, leaveOut.at);
    return true;
  });
}

/**
 * How many messages of a scope wait because it is paused. 0 when it is not. A paused campaign asks for none of its messages,
 * so those of its recipients count who are due and have not been asked for, or were put off by something else until now:
 * also the rest of a wave that had begun.
 */
export async function countOverdue(db: Queryable, what: PauseScope, now: Instant): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (
      select count(*) from deliveries d where ${isHeldBack(what)}
    ) + (
      select count(*)
      from campaign_recipients r
      join campaign_occurrences o on o.id = r.occurrence_id and o.state = 'running'
      left join deliveries d on d.recipient_id = r.id
      where ${what.scope === 'everything' || what.scope === 'campaign'}
        and ${what.scope === 'campaign' ? sql`o.campaign = ${what.name}` : sql`true`}
        and r.due_at <= ${timestamp(now)}::timestamptz
        and (
          d.id is null
          or (d.state = 'deferred' and d.reason <> 'paused' and d.deferred_until <= ${timestamp(now)}::timestamptz)
        )
    ) as count
    from pauses p
    where p.scope = ${what.scope} and p.name = ${nameOf(what)}
  `.execute(db);
  return rows[0]?.count ?? 0;
}

/** Their runs hear of it when they ask for the message again, within five minutes; records are right at once. */
async function expireWaiting(db: Queryable, what: PauseScope, at: Instant): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    select distinct d.enrolment_id as id from deliveries d
    where d.enrolment_id is not null and ${isHeldBack(what)}
  `.execute(db);
  await closeEnrolments(
    db,
    rows.map(({ id }) => id),
    { reason: expiredReason, at },
  );
}

function isHeldBack(what: PauseScope): RawBuilder<boolean> {
  return sql<boolean>`(d.state = 'deferred' and d.reason = 'paused' and ${isOf(what)})`;
}

function isOf(what: PauseScope): RawBuilder<boolean> {
  switch (what.scope) {
    case 'everything':
      return sql<boolean>`true`;
    case 'journey':
      return sql<boolean>`d.journey = ${what.name}`;
    case 'campaign':
      return sql<boolean>`d.campaign = ${what.name}`;
    case 'channel':
      return sql<boolean>`d.channel = ${what.name}`;
    default:
      return what satisfies never;
  }
}

function nameOf(what: PauseScope): string {
  return what.scope === 'everything' ? '' : what.name;
}
