import { Kysely, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Instant } from '../domain/instant.ts';
import { pipelined } from './pipelined-dialect.ts';
import type { Schema } from './schema.ts';

export type Database = Kysely<Schema>;
export type DatabaseTransaction = Transaction<Schema>;
/** Most statements run in a transaction or outside one. */
export type Queryable = Database | DatabaseTransaction;

const timestamptz = 1184;
const date = 1082;
const bigint = 20;

/** Instants come back as epoch milliseconds, days as `YYYY-MM-DD`, amounts as numbers (far below 2^53). */
const readers: Record<number, (text: string) => unknown> = {
  [timestamptz]: (text) => new Date(text).getTime(),
  [date]: (text) => text,
  [bigint]: Number,
};

export interface DatabaseOptions {
  readonly url: string;
  /** Most connections of this process. Default 10. */
  readonly connections?: number;
  readonly applicationName?: string;
}

/** How long a statement waits for a free connection, or for a new one: a database that is away is an error, not silence. */
const connectionTimeoutMs = 10_000;
/** A transaction whose process hangs gives its locks back. Longer than any step between two statements of ours. */
const idleInTransaction = '15s';
/** Longer than an idle transaction lives, so who waits for one outlives it. */
const lockWait = '20s';

/** A pool with the types and the plan mode that the measurements were made with: generic plans ruined the list queries. */
function openPool({ url, connections = 10, applicationName = 'perennial' }: DatabaseOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    application_name: applicationName,
    connectionTimeoutMillis: connectionTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Statements that are sent together travel together: one round trip for a dozen.
    pipeline: true,
    // Pages are in memory or on a solid disk: the default cost of a random page makes list look-ups read whole tables.
    options:
      '-c plan_cache_mode=force_custom_plan -c random_page_cost=1.1 -c timezone=UTC' +
      ` -c idle_in_transaction_session_timeout=${idleInTransaction} -c lock_timeout=${lockWait}`,
    types: {
      getTypeParser: (oid, format) => readers[oid] ?? pg.types.getTypeParser(oid, format),
    },
  });
  // A connection that dies while it is in use rejects its query; without a listener it would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  // A connection that dies while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/** Opens the database lazily: nothing is connected until the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  return new Kysely<Schema>(pipelined(openPool(options)));
}

/**
 * For transactions about a few rows, where planning costs more than looking up: each statement is planned once per
 * connection. The plan stays when a table grows, so it goes by the indexes even where a table is still small.
 */
export async function planOnce(trx: DatabaseTransaction): Promise<void> {
  await sql`
    select set_config('plan_cache_mode', ${'force_generic_plan'}, true), set_config('enable_seqscan', ${'off'}, true)
  `.execute(trx);
}

/** How an instant is written into a `timestamptz` column. */
export function timestamp(instant: Instant): Date {
  return new Date(instant);
}
