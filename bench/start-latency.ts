import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/create-activities.ts';
import { systemClock } from '../config/system-clock.ts';
import { createDispatcher } from '../dispatch/dispatcher.ts';
import { createTemporalGateway } from '../dispatch/temporal-gateway.ts';
import { toIso } from '../domain/instant.ts';
import { startSimulationServer } from '../engine/start-simulation-server.ts';
import { startTestDatabaseServer } from '../engine/start-test-database-server.ts';
import { createIntake } from '../intake/create-intake.ts';
import { createThrowAwayDatabase } from '../simulation/throw-away-database.ts';
import { openDatabase } from '../store/database.ts';
import { recordExit } from '../store/record-exit.ts';
import { bundleJourneys } from '../workflows/bundle.ts';
import { listJourneys } from '../workflows/list-journeys.ts';
import type { BenchOptions, Figures } from './main.ts';
import * as stories from './stories/index.ts';

const bareStarts = 400;
const events = 600;
const checkout = join(import.meta.dirname, '..');

/**
 * From "event accepted" to "its story runs", with the production dispatcher, at half the rate at which this machine's
 * engine starts bare workflows and runs their first task. The bare rate is measured before and after, on the same server
 * and worker.
 */
export async function run({ say }: BenchOptions): Promise<Figures> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const [temporal, postgres] = await Promise.all([
    startSimulationServer({ checkout, onProgress: say }),
    startTestDatabaseServer({ checkout, onProgress: say }),
  ]);
  const database = await createThrowAwayDatabase(postgres.url);
  const db = openDatabase({ url: database.url });
  const connection = await Connection.connect({ address: temporal.address });
  const native = await NativeConnection.connect({ address: temporal.address });
  const client = new Client({ connection, namespace: temporal.namespace });
  const taskQueue = `bench-${randomUUID()}`;
  const runningSince = new Map<string, number>();
  const worker = await Worker.create({
    connection: native,
    namespace: temporal.namespace,
    taskQueue,
    workflowBundle: await bundleJourneys({ entry: join(import.meta.dirname, 'stories/index.ts') }),
    activities: createActivities({
      deliver: async () => [],
      async answer(_question, { enrolment }) {
        runningSince.set(enrolment, performance.now());
        return 0;
      },
      recordExit: (exit) => recordExit(db, exit),
    }),
    maxCachedWorkflows: 500,
  });
  const working = worker.run();
  const journeys = listJourneys(stories).filter(({ name }) => name === 'start-at-once');
  const clock = systemClock;
  const intake = createIntake({ db, journeys, clock });
  const dispatcher = createDispatcher({
    db,
    databaseUrl: database.url,
    runs: createTemporalGateway({ client, clock, taskQueue }),
    intake,
    clock,
  });

  /** Bare workflows started and running their first task, per second. */
  async function bareRate(): Promise<number> {
    const ids = Array.from({ length: bareStarts }, () => randomUUID());
    const begin = performance.now();
    await inParallel(ids, 32, (enrolment) =>
      client.workflow.start('bareStart', {
        workflowId: `bench/${enrolment}`,
        taskQueue,
        args: [{ enrolment, customer: enrolment, fact: {}, dueAt: 0 }],
      }),
    );
    while (!ids.every((id) => runningSince.has(id))) await pause(5);
    return (bareStarts * 1000) / (performance.now() - begin);
  }

  /** Milliseconds from each event's acceptance to the moment at which its story runs. */
  async function latencies(perSecond: number): Promise<number[]> {
    const acceptedAt = new Map<string, number>();
    const begin = performance.now();
    const posts: Promise<void>[] = [];
    for (let number = 0; number < events; number += 1) {
      const due = begin + (number * 1000) / perSecond;
      const wait = due - performance.now();
      if (wait > 0) await pause(wait);
      posts.push(accept(randomUUID()));
    }
    await Promise.all(posts);
    const runs = await db.selectFrom('enrolments').select(['id', 'opened_by']).execute();
    const end = performance.now() + 60_000;
    while (!runs.every(({ id }) => runningSince.has(id)) && performance.now() < end) await pause(20);
    return runs.map(({ id, opened_by }) => {
      const accepted = acceptedAt.get(opened_by ?? '') ?? 0;
      return Math.max(0, (runningSince.get(id) ?? Number.POSITIVE_INFINITY) - accepted);
    });

    async function accept(id: string): Promise<void> {
      const item = { variant: 'tea', quantity: 1, price: { amount: 450, currency: 'GBP' } };
      await intake.accept([
        {
          id,
          type: 'cart.updated',
          occurredAt: toIso(clock.now()),
          customerId: id,
          data: { cartId: id, items: [item] },
        },
      ]);
      acceptedAt.set(id, performance.now());
    }
  }

  try {
    await bareRate();
    const before = await bareRate();
    say(`bare workflows: ${before.toFixed(0)} starts/s`);
    dispatcher.start();
    const rate = before / 2;
    const measured = (await latencies(rate)).sort((a, b) => a - b);
    await dispatcher.stop();
    const after = await bareRate();
    const figures = {
      p50Ms: percentile(measured, 0.5),
      p95Ms: percentile(measured, 0.95),
      p99Ms: percentile(measured, 0.99),
      startsPerSecond: Math.round(rate),
    };
    say(`bare workflows afterwards: ${after.toFixed(0)} starts/s`);
    say(
      `${measured.length} events at ${rate.toFixed(0)}/s: p50 ${figures.p50Ms} ms, p95 ${figures.p95Ms} ms, p99 ${figures.p99Ms} ms`,
    );
    return figures;
  } finally {
    await dispatcher.stop();
    worker.shutdown();
    await working;
    await Promise.all([native.close(), connection.close(), db.destroy()]);
    await database.drop();
    await Promise.all([temporal.stop(), postgres.stop()]);
  }
}

async function inParallel<Item>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}

function percentile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
}
