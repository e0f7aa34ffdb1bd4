import { sql } from 'kysely';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Database, DatabaseTransaction, Queryable } from './database.ts';
import { listMigrations, type Migration } from './migrations.ts';

/** Any number, as long as it stays the same: two processes that migrate at once must mean the same lock. */
const migrationLock = 7_305_531;

/**
 * Brings the schema up to date and tells the names of the migrations that it applied.
 *
 * Each migration runs in a transaction of its own, so one that fails leaves nothing behind and can be run again.
 * Two processes may migrate at once: the second waits and then finds nothing left to do.
 *
 * @throws PerennialError `schema-newer` when the database was migrated by a newer Perennial.
 */
export async function migrate(db: Database): Promise<string[]> {
  const known = await listMigrations();
  const applied: string[] = [];
  for (;;) {
    const name = await db.transaction().execute((trx) => applyNext(trx, known));
    if (name === undefined) return applied;
    applied.push(name);
  }
}

async function applyNext(trx: DatabaseTransaction, known: readonly Migration[]): Promise<string | undefined> {
  // Whoever migrates at the same moment may take long, and the second one waits for as long as that takes.
  await sql`set local lock_timeout = 0`.execute(trx);
  await sql`select pg_advisory_xact_lock(${migrationLock}::bigint)`.execute(trx);
  await sql`create table if not exists migrations (name text primary key, applied_at timestamptz not null)`.execute(
    trx,
  );
  const [next] = await pendingOf(trx, known);
  if (next === undefined) return undefined;
  await sql.raw(next.text).execute(trx);
  // The wall clock's instant: it is a note about the installation, no effect of any event.
  await sql`insert into migrations (name, applied_at) values (${next.name}, ${new Date()}::timestamptz)`.execute(
    trx,
  );
  return next.name;
}

/** The names of the migrations that the database still lacks, in order. Changes nothing. */
export async function pendingMigrations(db: Queryable): Promise<string[]> {
  const pending = await pendingOf(db, await listMigrations());
  return pending.map((migration) => migration.name);
}

/**
 * Refuses to go on with a schema that is not the one this version was written for. Called before anything is served.
 *
 * @throws PerennialError `migrations-pending` or `schema-newer`.
 */
export async function assertMigrated(db: Queryable): Promise<void> {
  assertNone(await pendingMigrations(db));
}

/**
 * Refuses to go on with a schema that lacks something. One that is newer will do: the migrations of a version keep the
 * version before it working, and its processes must stay in service until they are replaced.
 *
 * @throws PerennialError `migrations-pending`
 */
export async function assertServable(db: Queryable): Promise<void> {
  const [known, applied] = await Promise.all([listMigrations(), appliedMigrations(db)]);
  assertNone(known.map(({ name }) => name).filter((name) => !applied.includes(name)));
}

function assertNone(pending: readonly string[]): void {
  if (pending.length === 0) return;
  throw new PerennialError(
    'migrations-pending',
    `The database lacks ${pending.length === 1 ? 'the migration' : 'the migrations'} ${pending.join(', ')}. ` +
      'Run "npx perennial migrate" and start again.',
  );
}

async function pendingOf(db: Queryable, known: readonly Migration[]): Promise<readonly Migration[]> {
  const applied = await appliedMigrations(db);
  const names = new Set(known.map((migration) => migration.name));
  const unknown = applied.filter((name) => !names.has(name));
  if (unknown.length > 0) throw schemaNewer(unknown);
  return known.filter((migration) => !applied.includes(migration.name));
}

async function appliedMigrations(db: Queryable): Promise<readonly string[]> {
  const table = await sql<{
    exists: boolean;
  }>`select to_regclass('migrations') is not null as exists`.execute(db);
  if (table.rows[0]?.exists !== true) return [];
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(db);
  return rows.map((row) => row.name);
}

function schemaNewer(unknown: readonly string[]): PerennialError {
  return new PerennialError(
    'schema-newer',
    `The database already has ${unknown.join(', ')}, which this version of Perennial does not know: a newer version has migrated it. ` +
      'Going on could damage data. Start the newer version, or restore a backup from before its migration.',
  );
}
