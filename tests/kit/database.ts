import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../store/migrate.ts';
import { listMigrations } from '../../store/migrations.ts';
import { openDatabase, type Database } from '../../store/database.ts';
import { startDatabaseServer } from './database-server.ts';

export interface TestDatabase {
  /** For another connection, or another process, to the same database. */
  readonly url: string;
  readonly db: Database;
  /** Closes `db` and drops the database. */
  close(): Promise<void>;
}

/**
 * A fresh, migrated database of its own, cloned from a template in some 50 ms, on a real PostgreSQL.
 *
 * `PERENNIAL_TEST_POSTGRES_BIN` names a folder of other binaries, such as those of PostgreSQL 15.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await startDatabaseServer();
  const template = await migratedTemplate(server.url);
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(server.url, (client) => client.query(`create database ${name} template ${template}`));
  const url = withDatabase(server.url, name);
  const db = openDatabase({ url });
  return {
    url,
    db,
    async close() {
      await db.destroy();
      await administer(server.url, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
}

/** Named after the migrations' content, so that an edited migration makes a new template. */
async function migratedTemplate(serverUrl: string): Promise<string> {
  const texts = (await listMigrations()).map((migration) => `${migration.name}\n${migration.text}`);
  const template = `template_${createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16)}`;
  await administer(serverUrl, async (client) => {
    // Test files start at once: the first makes the template, the others wait for it.
    await client.query('select pg_advisory_lock(815)');
    const found = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (found.rowCount === 0) await createTemplate(serverUrl, client, template);
  });
  return template;
}

async function createTemplate(serverUrl: string, client: pg.Client, template: string): Promise<void> {
  const unfinished = `${template}_unfinished`;
  await client.query(`drop database if exists ${unfinished} with (force)`);
  await client.query(`create database ${unfinished}`);
  const db = openDatabase({ url: withDatabase(serverUrl, unfinished) });
  try {
    await migrate(db);
  } finally {
    await db.destroy();
  }
  await client.query(`alter database ${unfinished} rename to ${template}`);
}

async function administer<T>(serverUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
