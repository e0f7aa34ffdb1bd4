import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Queryable } from './database.ts';

/** What can be stopped: everything, or one journey, campaign or channel by its name. */
export type PauseScope =
  | { readonly scope: 'everything' }
  | { readonly scope: 'journey' | 'campaign' | 'channel'; readonly name: string };

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

/** Lets a scope go on; waiting messages notice within five minutes. False when it was not paused. */
export async function resume(db: Queryable, what: PauseScope): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from pauses where scope = ${what.scope} and name = ${nameOf(what)}
  `.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}

function nameOf(what: PauseScope): string {
  return what.scope === 'everything' ? '' : what.name;
}
