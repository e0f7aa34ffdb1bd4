import { connect, createServer } from 'node:net';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase, planOnce, type Database, type Queryable } from '../../store/database.ts';
import { goOnWhenSent } from '../../store/pipelined-dialect.ts';
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

describe('statements', () => {
  const remembered = async (queryable: Queryable): Promise<string[]> => {
    const { rows } = await sql<{ statement: string }>`select statement from pg_prepared_statements`.execute(
      queryable,
    );
    return rows.map((row) => row.statement);
  };

  test('are parsed once per connection', async () => {
    await db.connection().execute(async (one) => {
      const add = (a: number, b: number) =>
        sql<{ sum: number }>`select ${a}::integer + ${b}::integer as sum`.execute(one);
      expect((await add(1, 2)).rows).toEqual([{ sum: 3 }]);
      expect((await Promise.all([add(3, 4), add(5, 6)])).map(({ rows }) => rows)).toEqual([
        [{ sum: 7 }],
        [{ sum: 11 }],
      ]);
      expect(await remembered(one)).toEqual(['select $1::integer + $2::integer as sum']);
    });
  });

  test('that failed when they were first read are read again', async () => {
    const find = (queryable: Queryable) =>
      sql`select * from later where id = ${1}::integer`.execute(queryable);
    await db.connection().execute(async (one) => {
      const together = one.transaction().execute((trx) => Promise.all([find(trx), find(trx)]));
      await expect(together).rejects.toThrow('relation "later" does not exist');
      await sql`create table later (id integer)`.execute(one);
      expect((await find(one)).rows).toEqual([]);
    });
  });

  test('are forgotten when a migration has changed what they give', async () => {
    const everything = () => sql`select * from pauses where scope = ${'journey'}::text`.execute(db);
    expect((await everything()).rows).toEqual([]);
    await sql`alter table pauses add column by_whom text`.execute(database.db);
    await expect(everything()).rejects.toThrow('cached plan must not change result type');
    expect((await everything()).rows).toEqual([]);
  });

  test('tell how many rows they changed', async () => {
    const { numAffectedRows } = await sql`
      insert into pauses (scope, name, paused_at)
      select 'journey', name, '2026-03-02'::timestamptz from unnest(${['a', 'b']}::text[]) as name
    `.execute(db);
    expect(numAffectedRows).toBe(2n);
  });

  test('of one turn of a transaction travel in one packet, without waiting for answers in between', async () => {
    const line = await openLine(database.url);
    const behind = openDatabase({ url: line.url, connections: 1 });
    const add = (trx: Queryable, number: number) => sql`select ${number}::integer + 1`.execute(trx);
    await sql`select 1`.execute(behind);
    line.packets.length = 0;
    await behind.transaction().execute((trx) => Promise.all([add(trx, 1), add(trx, 2), add(trx, 3)]));
    expect(line.packets.length).toBe(2);
    expect(line.packets[0]).toContain('begin');
    await behind.destroy();
    line.close();
  });

  test('fail as the first of them does, however far the one who hears of it has to carry the word', async () => {
    const bad = sql`select ${'no instant'}::timestamptz`;
    const far = async (trx: Queryable, steps: number): Promise<unknown> =>
      steps === 0 ? bad.execute(trx) : await far(trx, steps - 1);
    const transaction = db
      .transaction()
      .execute((trx) => Promise.all([far(trx, 20), sql`select ${1}::integer`.execute(trx)]));
    await expect(transaction).rejects.toThrow('invalid input syntax');
  });

  test('that nobody waited for fail the commit behind them', async () => {
    const transaction = db.transaction().execute(async (trx) => {
      await goOnWhenSent(
        trx,
        sql`insert into pauses (scope, name, paused_at) values ('nothing', ${'a'}, '2026-03-02'::timestamptz)`.execute(
          trx,
        ),
      );
    });
    await expect(transaction).rejects.toThrow('pauses_scope_check');
    expect(await db.selectFrom('pauses').selectAll().execute()).toEqual([]);
  });

  test('that could not even be sent are not committed without', async () => {
    const transaction = db.transaction().execute(async (trx) => {
      const add = sql`insert into pauses (scope, name, paused_at) values ('journey', ${'a'}, '2026-03-02'::timestamptz)`;
      const fail = async (): Promise<never> => {
        throw new RangeError('nothing to write');
      };
      await goOnWhenSent(trx, Promise.all([add.execute(trx), fail()]));
    });
    await expect(transaction).rejects.toThrow('nothing to write');
    expect(await db.selectFrom('pauses').selectAll().execute()).toEqual([]);
  });

  test('that come after the end of their transaction are refused', async () => {
    const add = (trx: Queryable, name: string) =>
      sql`insert into pauses (scope, name, paused_at) values ('journey', ${name}, '2026-03-02'::timestamptz)`.execute(
        trx,
      );
    const late = db.transaction().execute(async (trx) => {
      await goOnWhenSent(
        trx,
        add(trx, 'a').then(() => add(trx, 'b')),
      );
    });
    await expect(late).rejects.toThrow('A statement came after the end of its transaction.');
    const failing = db.transaction().execute(async (trx) => {
      const later = add(trx, 'c').then(() => add(trx, 'd'));
      await Promise.all([later, Promise.reject(new RangeError('elsewhere'))]);
    });
    await expect(failing).rejects.toThrow('elsewhere');
    expect((await db.selectFrom('pauses').select('name').execute()).map(({ name }) => name)).toEqual(['a']);
  });

  test('sent together in a transaction are all in it', async () => {
    const pause = (name: string, at: string) => sql`
      insert into pauses (scope, name, paused_at) values ('journey', ${name}, ${at}::timestamptz)
    `;
    const transaction = db
      .transaction()
      .execute((trx) =>
        Promise.all([pause('a', '2026-03-02').execute(trx), pause('b', 'no instant').execute(trx)]),
      );
    await expect(transaction).rejects.toThrow('invalid input syntax');
    expect(await db.selectFrom('pauses').selectAll().execute()).toEqual([]);
  });
});

/** A line to the database on which one can listen to what is sent. */
async function openLine(url: string) {
  const { hostname, port } = new URL(url);
  const packets: string[] = [];
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    near.on('data', (bytes) => packets.push(bytes.toString('latin1')));
    near.pipe(far).pipe(near);
    for (const end of [near, far]) end.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const own = new URL(url);
  own.host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return { url: own.href, packets, close: () => server.close() };
}

test('planning once ends with its transaction', async () => {
  await db.connection().execute(async (one) => {
    const mode = async (queryable: Queryable) => {
      const { rows } = await sql`show plan_cache_mode`.execute(queryable);
      return rows;
    };
    const inside = await one.transaction().execute(async (trx) => {
      await planOnce(trx);
      return mode(trx);
    });
    expect(inside).toEqual([{ plan_cache_mode: 'force_generic_plan' }]);
    expect(await mode(one)).toEqual([{ plan_cache_mode: 'force_custom_plan' }]);
  });
});
