import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDispatcher } from '../../dispatch/dispatcher.ts';
import { sweep } from '../../dispatch/sweep.ts';
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
});
