import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';

/** A migrated database for one world. */
export interface ThrowAwayDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** @param serverUrl of a superuser on a throw-away server: `startTestDatabaseServer` of the engine */
export async function createThrowAwayDatabase(serverUrl: string): Promise<ThrowAwayDatabase> {
  const name = `world_${randomBytes(8).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  await administer(serverUrl, `create database ${name}`);
  const db = openDatabase({ url: url.href, connections: 1 });
  try {
    await migrate(db);
  } finally {
    await db.destroy();
  }
  return { url: url.href, drop: () => administer(serverUrl, `drop database if exists ${name} with (force)`) };
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
