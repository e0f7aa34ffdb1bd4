import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type Client } from '../client/create-client.ts';
import { engineSurroundings } from '../config/engine-folders.ts';
import { connectionUrl, prepareCluster } from '../engine/postgres/postgres-cluster.ts';
import { startPostgres, stopPostgres } from '../engine/postgres/postgres-server.ts';
import { createIntake } from '../intake/create-intake.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { migrate } from '../store/migrate.ts';
import * as journeyModules from '../workflows/index.ts';
import { listJourneys } from '../workflows/list-journeys.ts';
import { createRawTwin, type RawTwin } from './intake/raw-twin.ts';
import { createShopTraffic, type TrafficEvent } from './intake/shop-traffic.ts';
import type { BenchOptions, Figures } from './main.ts';

const rounds = 7;
const batchesPerRound = 8;
const eventsPerBatch = 1000;
const atOnce = 2;
const singlesPerSecond = 500;
const singleSeconds = 3;
const singleTurns = 7;

const checkout = join(import.meta.dirname, '..');

/**
 * How fast events are accepted with everything that belongs to it (facts, routing, enrolments, outbox), beside plain
 * inserts of the very rows that it wrote, in as many transactions and connections; and how long a single event waits at
 * 500 a second, beside a single plain insert. PostgreSQL syncs to disk. Ours and the reference take turns.
 */
export async function run({ say }: BenchOptions): Promise<Figures> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'perennial-bench-'));
  const cluster = await prepareCluster({
    checkout,
    dataFolder,
    name: 'postgres',
    durable: true,
    environment: engineSurroundings().environment,
    onProgress: say,
  });
  const { port } = await startPostgres(cluster);
  const db = openDatabase({ url: connectionUrl(cluster, port, 'postgres'), connections: 8 });
  try {
    await migrate(db);
    return await measure(db, say);
  } finally {
    await db.destroy();
    await stopPostgres(cluster);
    await rm(dataFolder, { recursive: true, force: true });
  }
}

async function measure(db: Database, say: BenchOptions['say']): Promise<Figures> {
  const journeys = listJourneys(journeyModules);
  const clock = { now: () => Date.now() };
  const intake = createIntake({ db, journeys, clock });
  const client = createClient({ db, intake, journeys, clock, whereabouts: async () => undefined });
  const traffic = createShopTraffic(clock);
  const twin = await createRawTwin(db);

  const perRound = [];
  for (let round = 0; round <= rounds; round += 1) {
    const batches = Array.from({ length: batchesPerRound }, () => traffic.take(eventsPerBatch));
    const ours = await secondsOf(batches, (batch) => client.track(batch));
    const rows = await Promise.all(batches.map((batch) => twin.rowsOf(batch)));
    const raw = await secondsOf(rows, (batch) => twin.insert(batch));
    // The first round warms both up.
    if (round === 0) continue;
    const events = batchesPerRound * eventsPerBatch;
    perRound.push({ perSecond: events / ours, ratio: raw / ours });
    say(`round ${round}: ${Math.round(events / ours)} events/s, ${(raw / ours).toFixed(2)} of plain inserts`);
  }
  const singles = await measureSingles({ client, twin, traffic, say });
  const figures = {
    perSecond: Math.round(median(perRound.map((round) => round.perSecond))),
    ratioToRawInsert: rounded(median(perRound.map((round) => round.ratio))),
    singleP99Ratio: rounded(singles),
  };
  say(`median: ${figures.perSecond} events/s, ${figures.ratioToRawInsert} of plain inserts`);
  return figures;
}

async function secondsOf<Batch>(
  batches: readonly Batch[],
  accept: (batch: Batch) => Promise<unknown>,
): Promise<number> {
  const waiting = [...batches];
  const start = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) await accept(batch);
    }),
  );
  return (performance.now() - start) / 1000;
}

interface Singles {
  readonly client: Client;
  readonly twin: RawTwin;
  readonly traffic: { take(count: number): TrafficEvent[] };
  readonly say: BenchOptions['say'];
}

/**
 * The median ratio of several turns each. Neither side always goes first, and the first turn, in which both run their
 * code for the first time, does not count.
 */
async function measureSingles({ client, twin, traffic, say }: Singles): Promise<number> {
  const ours = () => p99At(traffic.take(singlesPerSecond * singleSeconds), (event) => client.trackOne(event));
  const bare = () => p99At(traffic.take(singlesPerSecond * singleSeconds), (event) => twin.insertOne(event));
  const ratios = [];
  for (let turn = 0; turn <= singleTurns; turn += 1) {
    const first = turn % 2 === 0 ? await ours() : undefined;
    const reference = await bare();
    const waited = first ?? (await ours());
    if (turn === 0) continue;
    say(`singles ${turn}: p99 ${waited.toFixed(1)} ms, a plain insert ${reference.toFixed(1)} ms`);
    ratios.push(waited / reference);
  }
  return median(ratios);
}

/** Sends at a steady rate, whether or not the ones before have been answered. */
async function p99At(
  events: readonly TrafficEvent[],
  accept: (event: TrafficEvent) => Promise<unknown>,
): Promise<number> {
  const start = performance.now();
  const waits = await Promise.all(
    events.map(async (event, index) => {
      const due = start + (index * 1000) / singlesPerSecond;
      await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      const sent = performance.now();
      await accept(event);
      return performance.now() - sent;
    }),
  );
  waits.sort((a, b) => a - b);
  return waits[Math.floor(waits.length * 0.99)] ?? 0;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
