import { sql, type RawBuilder } from 'kysely';
import type { Instant } from '../../domain/instant.ts';
import type { Retention } from '../../domain/retention.ts';
import { timestamp, type Database } from '../database.ts';

/** One kind of thing that is kept for people to look at, and goes when it was kept for long enough. */
export interface Prunable {
  /** In machine words: `gate-traces`. */
  readonly what: string;
  /** Which period of the policy it goes by. */
  readonly period: keyof Retention;
  /** It is kept for so long in any case, in milliseconds: something still goes by it. */
  readonly leastMs?: number;
  readonly prunePage: (db: Database, page: PageWanted) => Promise<PrunedPage>;
}

export interface PageWanted {
  /** What is as old as this, or younger, stays. */
  readonly before: Instant;
  /** Where the page before ended; nothing for the first. */
  readonly after: RowCursor | undefined;
  /** How many rows are looked at, in one statement. */
  readonly size: number;
  /** Counts, and removes nothing. */
  readonly dryRun: boolean;
}

/** The last row that a page looked at: its instant as PostgreSQL writes it, and its id. */
export interface RowCursor {
  readonly at: string;
  readonly id: string;
}

export interface PrunedPage {
  /** How many rows were old enough; fewer than the size of the page: it was the last one. */
  readonly seen: number;
  /** How many of them had nothing in them that is still needed. */
  readonly pruned: number;
  readonly last: RowCursor | null;
}

export interface PageStatement {
  /** Old rows in the order of `at` and `id`, as a query of (id, at, free); `free` when nothing needs them any more. */
  readonly old: RawBuilder<unknown>;
  /** Removes of the rows in `free_rows` (id) what may go, and returns the id of each. */
  readonly removal: RawBuilder<unknown>;
  /** What goes with the rows in `gone` (id), from another table. */
  readonly companions?: RawBuilder<unknown>;
}

/**
 * Removes one page in one statement, which is a transaction of its own. A row that somebody else holds is left for the next
 * time: whoever prunes waits for nobody, and so nobody can wait for it in a circle.
 */
export async function pruneBy(
  db: Database,
  { old, removal, companions }: PageStatement,
  dryRun: boolean,
): Promise<PrunedPage> {
  const others = dryRun || companions === undefined ? sql`` : sql`, companions as (${companions})`;
  const { rows } = await sql<PrunedPage>`
    with page as materialized (${old}),
      free_rows as materialized (select id from page where free),
      gone as (${dryRun ? sql`select id from free_rows` : removal})${others}
    select
      (select count(*)::int from page) as seen,
      (select count(*)::int from gone) as pruned,
      (select jsonb_build_object('at', at, 'id', id) from page order by at desc, id desc limit 1) as last
  `.execute(db);
  const [page] = rows;
  if (page === undefined) throw new Error('a select without a from has one row');
  return page;
}

/** The rows of a page: older than the policy says, and after the page before. */
export function olderThan(
  columns: { readonly at: string; readonly id: string; readonly idType: 'text' | 'uuid' },
  { before, after }: PageWanted,
): RawBuilder<unknown> {
  const [at, id] = [sql.ref(columns.at), sql.ref(columns.id)];
  const isOld = sql`${at} < ${timestamp(before)}::timestamptz`;
  if (after === undefined) return isOld;
  return sql`${isOld} and (${at}, ${id}) > (${after.at}::timestamptz, ${after.id}::${sql.raw(columns.idType)})`;
}
