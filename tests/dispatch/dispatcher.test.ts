import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PerennialError } from '../../domain/perennial-error.ts';
import { createDispatcher, type DispatcherDependencies } from '../../dispatch/dispatcher.ts';
import type { RunGateway } from '../../dispatch/run-gateway.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { cutLeader } from './cut-leader.ts';
import { createOutboxFixture } from './outbox-fixture.ts';

const now = Date.parse('2026-03-02T09:00:00Z');

let database: TestDatabase;
let outbox: ReturnType<typeof createOutboxFixture>;
let heard: string[];
let trouble: (call: string) => unknown;

beforeEach(async () => {
  database = await createTestDatabase();
  outbox = createOutboxFixture(database.db, now);
  heard = [];
  trouble = () => undefined;
});
afterEach(async () => database.close());

/** Runs that write down what they are told. */
const runs: RunGateway = {
  async start({ input }) {
    const call = `start ${input.enrolment}`;
    if (trouble(call)) throw trouble(call);
    heard.push(call);
    return 'started';
  },
  async tell({ input }, { outboxId }) {
    const call = `tell ${input.enrolment} ${outboxId}`;
    const answer = trouble(call);
    if (answer === 'finished') return 'finished';
    if (answer) throw answer;
    heard.push(call);
    return 'told';
  },
};

function dispatcher(over: Partial<DispatcherDependencies> = {}) {
  return createDispatcher({
    db: database.db,
    databaseUrl: database.url,
    runs,
    intake: { reroute: async (enrolment, event) => void heard.push(`reroute ${enrolment} ${event}`) },
    clock: { now: () => now },
    ...over,
  });
}

describe('the dispatcher', () => {
  test('starts an enrolment, then tells it what happened, in order', async () => {
    const enrolment = await outbox.open();
    const first = await outbox.signal(enrolment);
    const second = await outbox.signal(enrolment);

    expect(await dispatcher().drain()).toBe(3);

    expect(heard).toEqual([
      `start ${enrolment}`,
      `tell ${enrolment} ${first}`,
      `tell ${enrolment} ${second}`,
    ]);
    expect(await outbox.left()).toEqual([]);
    expect(await outbox.standing(enrolment)).toMatchObject({ state: 'open', dispatched_at: now });
  });

  test('does not start an enrolment that was sealed first, and closes it with what sealed it', async () => {
    const enrolment = await outbox.open();
    await outbox.seal(enrolment);
    await outbox.signal(enrolment, { event: 'order.placed', ends: true });

    await dispatcher().drain();

    expect(heard).toEqual([]);
    expect(await outbox.left()).toEqual([]);
    expect(await outbox.standing(enrolment)).toEqual({
      state: 'closed',
      dispatched_at: null,
      exit_reason: 'order.placed',
    });
  });

  test('tells a run that was started before its enrolment was sealed', async () => {
    const enrolment = await outbox.open();
    await dispatcher().drain();
    await outbox.seal(enrolment);
    const end = await outbox.signal(enrolment, { event: 'order.placed', ends: true });

    await dispatcher().drain();

    expect(heard).toEqual([`start ${enrolment}`, `tell ${enrolment} ${end}`]);
  });

  test('lets a failing row hold back its own run, and no other', async () => {
    const broken = await outbox.open();
    const behind = await outbox.signal(broken);
    const healthy = await outbox.open();
    trouble = (call) => (call === `start ${broken}` ? new Error('bad type') : undefined);

    await dispatcher().drain();

    expect(heard).toEqual([`start ${healthy}`]);
    const left = await outbox.left();
    expect(left.map((row) => [row.attempts, row.last_error])).toEqual([
      [1, 'Error'],
      [0, null],
    ]);
    expect(String(left[1]?.id)).toBe(behind);
  });

  test('tries a failed row again after its back-off, and then what waited behind it', async () => {
    const enrolment = await outbox.open();
    const behind = await outbox.signal(enrolment);
    trouble = () => new Error('not yet');
    await dispatcher().drain();
    trouble = () => undefined;
    await database.db
      .updateTable('outbox')
      .set({ next_attempt_at: new Date(Date.now() - 1) })
      .where('attempts', '>', 0)
      .execute();

    await dispatcher().drain();

    expect(heard).toEqual([`start ${enrolment}`, `tell ${enrolment} ${behind}`]);
  });

  test('does not count it against a row when Temporal cannot be reached', async () => {
    const enrolment = await outbox.open();
    trouble = () => new PerennialError('engine-unreachable', 'away', { retryable: true });
    await dispatcher().drain();
    expect((await outbox.left()).map((row) => row.attempts)).toEqual([0]);

    trouble = () => undefined;
    await dispatcher().drain();

    expect(heard).toEqual([`start ${enrolment}`]);
  });

  test('holds back only the run that does not answer while others do', { timeout: 20_000 }, async () => {
    const stuck = await outbox.open();
    trouble = (call) =>
      call === `start ${stuck}` ? new PerennialError('engine-unreachable', 'too late') : undefined;
    const leader = dispatcher();
    leader.start();
    const attemptsOfStuck = async () =>
      (await outbox.left()).find((row) => row.enrolment_id === stuck)?.attempts;

    // Others come by all the time, and get through: that is how the two troubles are told apart.
    await expect
      .poll(async () => (await outbox.open(), attemptsOfStuck()), { timeout: 10_000, interval: 250 })
      .toBeGreaterThan(0);

    const later = await outbox.open();
    await expect.poll(() => heard, { timeout: 5_000 }).toContain(`start ${later}`);
    await expect.poll(async () => (await outbox.left()).map((row) => row.enrolment_id)).toEqual([stuck]);
    await leader.stop();
  });

  test('comes back when Temporal is away and more runs wait than may work side by side', async () => {
    await outbox.open();
    await outbox.open();
    trouble = () => new PerennialError('engine-unreachable', 'away', { retryable: true });
    const narrow = dispatcher({ parallelRuns: 1 });
    expect(await narrow.drain()).toBe(0);
    expect((await outbox.left()).map((row) => row.attempts)).toEqual([0, 0]);

    trouble = () => undefined;
    expect(await narrow.drain()).toBe(2);
  });

  test('keeps of a failure its name and code, and not its words', async () => {
    await outbox.open();
    trouble = () => Object.assign(new Error('Key (address)=(mina@example.com) exists'), { code: '23505' });
    await dispatcher().drain();
    expect((await outbox.left()).map((row) => row.last_error)).toEqual(['Error 23505']);
  });

  test('gives an event to intake again when its run had finished while the enrolment was open', async () => {
    const enrolment = await outbox.open();
    await outbox.signal(enrolment);
    trouble = (call) => (call.startsWith('tell') ? 'finished' : undefined);

    await dispatcher().drain();

    expect(heard).toEqual([`start ${enrolment}`, `reroute ${enrolment} event-of-${enrolment}`]);
  });

  test('does not route an event again when the enrolment was sealed, and closes it', async () => {
    const enrolment = await outbox.open();
    await dispatcher().drain();
    await outbox.seal(enrolment);
    await outbox.signal(enrolment, { event: 'order.placed', ends: true });
    trouble = (call) => (call.startsWith('tell') ? 'finished' : undefined);

    await dispatcher().drain();

    expect(heard).toEqual([`start ${enrolment}`]);
    expect(await outbox.standing(enrolment)).toMatchObject({ state: 'closed', exit_reason: 'order.placed' });
  });

  test('leaves an enrolment that intake is changing for the next look', async () => {
    const enrolment = await outbox.open();
    await database.db.transaction().execute(async (trx) => {
      await trx.selectFrom('enrolments').select('id').where('id', '=', enrolment).forUpdate().execute();
      expect(await dispatcher().drain()).toBe(0);
    });

    expect(await dispatcher().drain()).toBe(1);
    expect(heard).toEqual([`start ${enrolment}`]);
  });

  test('has one leader; another takes over when it stops', async () => {
    const first = dispatcher();
    first.start();
    await expect.poll(async () => (await outbox.open(), heard.length)).toBeGreaterThan(0);
    const told: string[] = [];
    const second = dispatcher({ runs: { ...runs, start: async () => (told.push('second'), 'started') } });
    second.start();
    await outbox.open();
    await expect.poll(async () => (await outbox.left()).length).toBe(0);
    expect(told).toEqual([]);

    await first.stop();
    await outbox.open();
    await expect.poll(() => told.length, { timeout: 5000 }).toBe(1);
    await second.stop();
  });

  test('goes on leading when it is started a second time, and can be started again after a stop', async () => {
    const one = dispatcher();
    expect(one.leads).toBe(false);
    one.start();
    one.start();
    await outbox.open();
    await expect.poll(() => heard.length, { timeout: 5000 }).toBe(1);
    expect(one.leads).toBe(true);
    await one.stop();
    expect(one.leads).toBe(false);

    await outbox.open();
    one.start();
    await expect.poll(() => heard.length, { timeout: 5000 }).toBe(2);
    await one.stop();
  });

  test('loses the lead when its connection is cut, and takes it again', async () => {
    const leader = dispatcher();
    leader.start();
    await outbox.open();
    await expect.poll(async () => (await outbox.left()).length).toBe(0);

    expect(await cutLeader(database.db)).toBe(1);

    await outbox.open();
    await expect.poll(async () => (await outbox.left()).length, { timeout: 5000 }).toBe(0);
    expect(heard).toHaveLength(2);
    await leader.stop();
  });
});
