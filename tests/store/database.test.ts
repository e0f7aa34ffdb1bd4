import { createServer } from 'node:net';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, type Database, type Queryable } from '../../store/database.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

let database: TestDatabase;
let db: Database;

beforeEach(async () => {
  database = await createTestDatabase();
  db = openDatabase({ url: database.url, connections: 2 });
});
afterEach(async () => {
  await db.destroy();
  await database.close();
});

async function backendOf(queryable: Queryable): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(queryable);
  return rows[0]?.pid ?? 0;
}

async function settingOf(name: string): Promise<string | undefined> {
  const { rows } = await sql<{ value: string }>`select current_setting(${name}::text) as value`.execute(db);
  return rows[0]?.value;
}

/** As when PostgreSQL or the network between dies. */
async function cut(pid: number): Promise<void> {
  await sql`select pg_terminate_backend(${pid}::integer)`.execute(database.db);
}

describe('a connection that dies', () => {
  test('in the middle of a transaction is a rejected statement, and nothing of it stays', async () => {
    const transaction = db.transaction().execute(async (trx) => {
      await sql`insert into pauses (scope, name, paused_at) values ('journey', 'a', '2026-03-02'::timestamptz)`.execute(
        trx,
      );
      await cut(await backendOf(trx));
      await sql`select 1`.execute(trx);
    });
    await expect(transaction).rejects.toThrow();
    expect(await db.selectFrom('pauses').selectAll().execute()).toEqual([]);
  });

  test('while a statement runs is a rejected statement', async () => {
    const working = db.connection().execute(async (one) => {
      const pid = await backendOf(one);
      setTimeout(() => void cut(pid), 100);
      await sql`select pg_sleep(30)`.execute(one);
    });
    await expect(working).rejects.toThrow();
  });

  test('does not stand in the way of the next statement', async () => {
    await cut(await backendOf(db));
    await expect.poll(() => backendOf(db).catch(() => 0)).toBeGreaterThan(0);
  });
});

describe('a transaction', () => {
  test('that hangs gives its locks back after a while', async () => {
    expect(await settingOf('idle_in_transaction_session_timeout')).toBe('15s');
    const hanging = db.transaction().execute(async (trx) => {
      // The real time would make a slow test; what happens then is the same.
      await sql`set local idle_in_transaction_session_timeout = '100ms'`.execute(trx);
      await sql`lock table pauses`.execute(trx);
      await new Promise((resolve) => setTimeout(resolve, 600));
      await sql`select 1`.execute(trx);
    });
    const refused = expect(hanging).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await database.db.selectFrom('pauses').selectAll().execute()).toEqual([]);
    await refused;
  });

  test('does not wait for a lock for ever, and longer than a hanging one may hold it', async () => {
    expect(await settingOf('lock_timeout')).toBe('20s');
  });
});

test('a database that does not answer is an error within ten seconds, and not silence', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const away = openDatabase({ url: `postgres://nobody@127.0.0.1:${port}/nothing` });
  const before = Date.now();
  await expect(sql`select 1`.execute(away)).rejects.toThrow(/timeout|terminated/i);
  expect(Date.now() - before).toBeLessThan(12_000);
  await away.destroy();
  silent.close();
}, 15_000);
