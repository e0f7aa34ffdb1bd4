import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCampaignClient } from '../../client/campaigns/create-campaign-client.ts';
import { systemClock } from '../../config/system-clock.ts';
import { createCampaignGateway } from '../../dispatch/campaign-gateway.ts';
import { occasionOf } from '../../domain/calendar/occasions.ts';
import config from '../../perennial.config.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { temporalServer } from '../kit/temporal-server.ts';
import { insertPeople } from './insert-people.ts';
import { testCampaign } from './test-campaign.ts';

const recipients = 600;

let database: TestDatabase;
let folder: string;
let log: string;
let server: Awaited<ReturnType<typeof temporalServer>>;
let connection: Connection;
let children: ChildProcess[];
let name: string;
const taskQueue = `campaigns-${randomUUID()}`;
const day = new Date().toISOString().slice(0, 10);

beforeEach(async () => {
  [database, server] = await Promise.all([createTestDatabase(), temporalServer()]);
  connection = await Connection.connect({ address: server.address });
  folder = await mkdtemp(join(tmpdir(), 'perennial-campaign-'));
  log = join(folder, 'provider.log');
  name = `test-${randomUUID()}`;
  children = [];
  await insertPeople(database.db, recipients);
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await connection.close();
  await Promise.all([database.close(), server.stop(), rm(folder, { recursive: true })]);
});

async function startWorker(): Promise<ChildProcess> {
  const child = fork(
    join(import.meta.dirname, 'campaign-process.ts'),
    [database.url, server.address, server.namespace, taskQueue, log, name, day],
    { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  children.push(child);
  await once(child, 'message');
  return child;
}

function operator() {
  const campaigns = [testCampaign(name, day)];
  const gateway = createCampaignGateway({
    client: new Client({ connection, namespace: server.namespace }),
    taskQueue,
  });
  const client = createCampaignClient({
    db: database.db,
    campaigns,
    clock: systemClock,
    home: config.home,
    gateway,
    judge: async () => [],
  });
  const begin = () => {
    const { opensAt } = occasionOf(testCampaign(name, day), { scheduledAt: Date.parse(day) - 86_400_000 });
    return gateway.start({ campaign: name, scheduledAt: opensAt });
  };
  return { ...client, begin };
}

async function requested(): Promise<string[]> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

async function until(holds: () => Promise<boolean>, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it did not come true within ${seconds} s`);
    await sleep(50);
  }
}

const isDone = async () => {
  const rows = await database.db.selectFrom('campaign_occurrences').select('state').execute();
  return rows[0]?.state === 'done';
};

const ledger = () => database.db.selectFrom('deliveries').select(['id', 'recipient_id', 'state']).execute();

describe('a campaign whose worker is killed in the middle', () => {
  it(
    'goes on in another: nobody twice, nobody lost, and what nobody knows is listed',
    { timeout: 180_000 },
    async () => {
      const worker = await startWorker();
      await operator().begin();
      await until(async () => (await requested()).length > 100, 60);
      worker.kill('SIGKILL');
      await once(worker, 'exit');
      const before = (await requested()).length;
      expect(before).toBeLessThan(recipients);

      await startWorker();
      await until(isDone, 150);
      const requests = await requested();
      const rows = await ledger();
      expect(new Set(requests).size).toBe(requests.length);
      expect(rows).toHaveLength(recipients);
      expect(new Set(rows.map(({ recipient_id }) => recipient_id)).size).toBe(recipients);
      expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['accepted', 'unknown']));
      const asked = new Set(requests);
      const accepted = rows.filter(({ state }) => state === 'accepted');
      expect(accepted.every(({ id }) => asked.has(id))).toBe(true);
      // At most one small batch of each of the four chunks was under way.
      expect(rows.length - accepted.length).toBeLessThanOrEqual(4 * 50);
    },
  );

  it('tells the same when it is begun again', { timeout: 120_000 }, async () => {
    await startWorker();
    const { begin } = operator();
    expect(await begin()).toBe('started');
    expect(await begin()).toBe('running');
    await until(isDone, 90);
    // Its run ends a moment after the occurrence.
    await expect.poll(begin, { timeout: 60_000, interval: 500 }).toBe('finished');
    expect(await requested()).toHaveLength(recipients);
  });
});

describe('a pause in the middle of a campaign', () => {
  it('holds it within seconds, and a resume lets it go on to the end', { timeout: 120_000 }, async () => {
    await startWorker();
    const { begin, pause, resume } = operator();
    await begin();
    await until(async () => (await requested()).length > 50, 60);
    await pause(name);
    await sleep(2000);
    const held = (await requested()).length;
    expect(held).toBeLessThan(recipients);
    await sleep(3000);
    expect(await requested()).toHaveLength(held);

    await resume(name);
    await until(async () => (await requested()).length > held, 30);
  });
});
