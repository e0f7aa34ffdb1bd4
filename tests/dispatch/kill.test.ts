import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../kit/database.ts';
import { createOutboxFixture } from './outbox-fixture.ts';

test(
  'kill -9 of the dispatcher at any instant loses nothing and changes no order',
  { timeout: 180_000 },
  async () => {
    const database = await createTestDatabase();
    await sql`create table heard (n bigint generated always as identity, enrolment uuid, call text)`.execute(
      database.db,
    );
    const outbox = createOutboxFixture(database.db, Date.now());
    const expected = new Map<string, string[]>();
    let dispatcher = startDispatcher(database.url);
    try {
      for (let round = 0; round < 6; round += 1) {
        for (let run = 0; run < 25; run += 1) {
          const enrolment = await outbox.open();
          const calls = ['start'];
          for (let signal = 0; signal < 3; signal += 1) calls.push(await outbox.signal(enrolment));
          expected.set(enrolment, calls);
        }
        const pending = (await outbox.left()).length;
        const enough = Math.floor(Math.random() * pending) + 1;
        await expect
          .poll(async () => (await outbox.left()).length, { timeout: 60_000, interval: 1 })
          .toBeLessThan(enough);
        dispatcher.kill('SIGKILL');
        await once(dispatcher, 'exit');
        dispatcher = startDispatcher(database.url);
      }
      await expect.poll(async () => (await outbox.left()).length, { timeout: 60_000 }).toBe(0);

      const { rows } = await sql<{ enrolment: string; calls: string[] }>`
        select enrolment, array_agg(call order by first) as calls
        from (select enrolment, call, min(n) as first from heard group by enrolment, call) as firsts
        group by enrolment`.execute(database.db);
      const firstCalls = new Map(rows.map((row) => [row.enrolment, row.calls]));
      expect(firstCalls).toEqual(expected);
    } finally {
      dispatcher.kill('SIGKILL');
      await database.close();
    }
  },
);

function startDispatcher(url: string): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'tests/dispatch/dispatcher-process.ts', url], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
