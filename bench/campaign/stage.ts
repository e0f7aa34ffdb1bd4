import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { sql } from 'kysely';
import * as z from 'zod';
import { createCampaignGateway } from '../../dispatch/campaign-gateway.ts';
import { campaignRunIdOf } from '../../domain/campaign.ts';
import { freePort } from '../../engine/ports.ts';
import { startEngine } from '../../engine/start-engine.ts';
import { openDatabase, timestamp, type Database } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';
import { startChild, type Child } from './child.ts';
import { startProvider, type Arrival, type Provider } from './provider.ts';
import type { WorkerSetting } from './worker-setting.ts';

/** What an occurrence of the campaign came to. */
export interface Occurrence {
  /** Requests at the provider, in order. */
  readonly arrivals: readonly Arrival[];
  /** From the first chunk that was handed out to the last request. */
  readonly seconds: number;
  /** Processor time of all workers. */
  readonly cpuSeconds: number;
  /** Of the largest worker at its largest, in MB. */
  readonly rssMb: number;
  readonly historyEvents: number;
}

export interface Stage {
  readonly db: Database;
  readonly provider: Provider;
  readonly begunAt: number;
  startWorker(kind: 'campaign' | 'journey', perSecond?: number): Promise<Child>;
  /** Begins the campaign once more. `workers` is read again and again: one may die, and another take its place. */
  begin(workers: ReadonlySet<Child>): Promise<{ readonly ended: Promise<Occurrence> }>;
  close(): Promise<void>;
}

const usage = z.object({ cpuSeconds: z.number(), rssMb: z.number() });
const checkout = join(import.meta.dirname, '../..');
/** An occurrence that takes longer has hung. */
const patienceMs = 20 * 60_000;

/** The engine of `npm start` with data of its own, and a provider. PostgreSQL syncs to disk. */
export async function openStage(say: (line: string) => void): Promise<Stage> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'perennial-bench-'));
  const [temporal, ui, postgres] = await Promise.all([freePort(), freePort(), freePort()]);
  const ports = { temporal, ui, postgres };
  const engine = await startEngine({ checkout, dataFolder, ports, supervise: false, onProgress: say });
  const { databaseUrl, temporalAddress, namespace } = engine;
  const db = openDatabase({ url: databaseUrl, connections: 4 });
  await migrate(db);
  const provider = await startProvider();
  const connection = await Connection.connect({ address: temporalAddress });
  const client = new Client({ connection, namespace });
  const gateway = createCampaignGateway({ client });
  const begunAt = Date.now();
  const children = new Set<Child>();
  let scheduledAt = begunAt;

  return {
    db,
    provider,
    begunAt,
    async startWorker(kind, perSecond) {
      const setting: WorkerSetting = {
        databaseUrl,
        temporalAddress,
        namespace,
        providerUrl: provider.url,
        begunAt,
        ...(perSecond === undefined ? {} : { perSecond }),
      };
      const child = await startChild(join(import.meta.dirname, `${kind}-process.ts`), setting);
      children.add(child);
      return child;
    },
    async begin(workers) {
      await provider.clear();
      scheduledAt += 1000;
      const run = { campaign: 'bench', scheduledAt };
      const meter = startMeter(workers);
      await meter.look();
      await gateway.start(run);
      const ended = meter
        .until(() => isDone(db, scheduledAt))
        .then(async (used) => {
          const arrivals = await provider.arrivals();
          const handle = client.workflow.getHandle(campaignRunIdOf('bench', run.scheduledAt));
          const { events = [] } = await handle.fetchHistory();
          const first = events?.find(
            ({ activityTaskScheduledEventAttributes: task }) =>
              task?.activityType?.name === 'sendCampaignChunk',
          );
          const begun = Number(first?.eventTime?.seconds ?? 0) * 1000 + (first?.eventTime?.nanos ?? 0) / 1e6;
          const seconds = ((arrivals.at(-1)?.at ?? begun) - begun) / 1000;
          return { ...used, arrivals, seconds, historyEvents: events?.length ?? 0 };
        });
      return { ended };
    },
    async close() {
      await Promise.all([...children].map((child) => child.stop()));
      await Promise.all([provider.stop(), connection.close(), db.destroy()]);
      await engine.stop();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

async function isDone(db: Database, scheduledAt: number): Promise<boolean> {
  const { rows } = await sql<{ state: string }>`
    select state from campaign_occurrences where scheduled_at = ${timestamp(scheduledAt)}::timestamptz
  `.execute(db);
  return rows[0]?.state === 'done';
}

/** Adds up what workers use. */
function startMeter(workers: ReadonlySet<Child>) {
  const first = new Map<Child, number>();
  const last = new Map<Child, number>();
  let rssMb = 0;

  async function look(): Promise<void> {
    for (const worker of workers) {
      const used = usage.parse(await worker.ask());
      if (!first.has(worker)) first.set(worker, used.cpuSeconds);
      last.set(worker, used.cpuSeconds);
      rssMb = Math.max(rssMb, used.rssMb);
    }
  }

  return {
    look,
    async until(holds: () => Promise<boolean>) {
      const end = Date.now() + patienceMs;
      while (!(await holds())) {
        if (Date.now() > end) throw new Error('The campaign did not come to its end.');
        await pause(250);
        await look();
      }
      await look();
      const cpuSeconds = [...last].reduce((sum, [worker, to]) => sum + to - (first.get(worker) ?? 0), 0);
      return { cpuSeconds, rssMb };
    },
  };
}
