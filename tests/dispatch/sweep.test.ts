import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDispatcher } from '../../dispatch/dispatcher.ts';
import { sweep, sweepRuns } from '../../dispatch/sweep.ts';
import { createSweeper, type SweeperDependencies } from '../../dispatch/sweeper.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { createOutboxFixture } from './outbox-fixture.ts';

const opened = Date.parse('2026-03-02T09:00:00Z');
const later = opened + 3_600_000;

let database: TestDatabase;
let outbox: ReturnType<typeof createOutboxFixture>;
let started: string[];

beforeEach(async () => {
  database = await createTestDatabase();
  outbox = createOutboxFixture(database.db, opened);
  started = [];
});
afterEach(async () => database.close());

async function dispatch(): Promise<void> {
  await createDispatcher({
    db: database.db,
    clock: { now: () => opened },
    intake: { reroute: async () => undefined },
    runs: {
      start: async ({ input }) => (started.push(input.enrolment), 'started'),
      tell: async () => 'told',
    },
  }).drain();
}

const sweepFinding = (standing: 'running' | 'closed' | 'unknown', now = later) =>
  sweep({ db: database.db, clock: { now: () => now }, runs: { lookUp: async () => standing } });

describe('the sweep', () => {
  test('leaves alone what agrees with Temporal', async () => {
    await outbox.open();
    await dispatch();
    expect(await sweepFinding('running')).toEqual([]);
  });

  test('does not judge what was dispatched a moment ago', async () => {
    await outbox.open();
    await dispatch();
    expect(await sweepFinding('unknown', opened + 1000)).toEqual([]);
  });

  test('starts a run again that was lost', async () => {
    const enrolment = await outbox.open();
    await dispatch();
    expect(await sweepFinding('unknown')).toMatchObject([
      { enrolment, found: 'run-lost', done: 'started-again' },
    ]);
    await dispatch();
    expect(started).toEqual([enrolment, enrolment]);
  });

  test('starts a run whose start was lost before anybody saw it', async () => {
    const enrolment = await outbox.open();
    await database.db.deleteFrom('outbox').execute();
    expect(await sweepFinding('unknown')).toMatchObject([{ found: 'never-started', done: 'started-again' }]);
    await dispatch();
    expect(started).toEqual([enrolment]);
  });

  test('does not touch what still waits in the outbox', async () => {
    await outbox.open();
    expect(await sweepFinding('unknown')).toEqual([]);
  });

  test('closes an enrolment whose run has ended without saying so', async () => {
    const enrolment = await outbox.open();
    await dispatch();
    expect(await sweepFinding('closed')).toMatchObject([{ found: 'run-ended-unrecorded', done: 'closed' }]);
    expect(await outbox.standing(enrolment)).toMatchObject({ state: 'closed', exit_reason: 'run-ended' });
  });

  test('closes a sealed one with what sealed it, and lists one whose run does not stop', async () => {
    const enrolment = await outbox.open();
    await dispatch();
    await outbox.seal(enrolment, 'order.placed');
    expect(await sweepFinding('running')).toMatchObject([{ found: 'run-does-not-stop', done: 'listed' }]);
    await sweepFinding('closed');
    expect(await outbox.standing(enrolment)).toMatchObject({ state: 'closed', exit_reason: 'order.placed' });
  });

  test('asks about many runs side by side, and not about more than allowed', async () => {
    for (let n = 0; n < 25; n += 1) await outbox.open();
    await dispatch();
    let [asking, most, asked] = [0, 0, 0];
    const lookUp = async () => {
      asked += 1;
      asking += 1;
      most = Math.max(most, asking);
      await sleep(5);
      asking -= 1;
      return 'running' as const;
    };
    await sweep({ db: database.db, clock: { now: () => later }, runs: { lookUp }, parallel: 4 });
    expect([asked, most]).toEqual([25, 4]);
  });

  test('gives out what it mended before it is through, and looks up nothing more once it is broken off', async () => {
    for (let n = 0; n < 6; n += 1) await outbox.open();
    await dispatch();
    let asked = 0;
    const lookUp = async () => ((asked += 1), 'closed' as const);
    const breakOff = new AbortController();
    const { signal } = breakOff;
    for await (const mended of sweepRuns({
      db: database.db,
      clock: { now: () => later },
      runs: { lookUp },
      signal,
      parallel: 2,
    })) {
      expect(mended.done).toBe('closed');
      breakOff.abort();
    }
    expect(asked).toBe(2);
  });
});

describe('the sweeper', () => {
  let leading: boolean;
  let asked: number;
  const lookUp = async () => ((asked += 1), 'running' as const);
  const sweeperOf = (over: Partial<SweeperDependencies> = {}) =>
    createSweeper({
      db: database.db,
      clock: { now: () => later },
      runs: { lookUp },
      leads: () => leading,
      lookMs: 10,
      everyMs: 60_000,
      ...over,
    });

  beforeEach(async () => {
    leading = false;
    asked = 0;
    await outbox.open();
    await dispatch();
  });

  test('does not sweep while another process leads, and sweeps at once when this one does, but not again before its time', async () => {
    const sweeper = sweeperOf();
    sweeper.start();
    await sleep(100);
    expect(asked).toBe(0);
    leading = true;
    await expect.poll(() => asked).toBe(1);
    await sleep(100);
    await sweeper.stop();
    expect(asked).toBe(1);
  });

  test('sweeps again and again, also after a failure, and not after it was stopped', async () => {
    leading = true;
    const logged: string[] = [];
    const sweeper = sweeperOf({
      everyMs: 20,
      log: { warn: (_details, message) => logged.push(message) },
      runs: {
        async lookUp() {
          asked += 1;
          if (asked === 1) throw new Error('away');
          return 'running';
        },
      },
    });
    sweeper.start();
    await expect.poll(() => asked).toBeGreaterThan(2);
    await sweeper.stop();
    const before = asked;
    await sleep(100);
    expect(asked).toBe(before);
    expect(logged).toEqual(['the sweep could not be finished; the next one begins anew']);
  });

  test('breaks a sweep off when the lead passes on', async () => {
    for (let n = 0; n < 5; n += 1) await outbox.open();
    await dispatch();
    leading = true;
    const sweeper = sweeperOf({
      parallel: 1,
      runs: {
        async lookUp() {
          asked += 1;
          leading = false;
          await sleep(60);
          return 'running';
        },
      },
    });
    sweeper.start();
    await expect.poll(() => asked).toBe(1);
    await sleep(300);
    expect(asked).toBe(1);
    await sweeper.stop();
  });
});
