import { randomUUID } from 'node:crypto';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCampaignWorker } from '../../campaign-worker.ts';
import { createCampaignClient, type CampaignClient } from '../../client/campaigns/create-campaign-client.ts';
import { readStatus } from '../../client/read-status.ts';
import { systemClock } from '../../config/system-clock.ts';
import { createCampaignGateway, type CampaignGateway } from '../../dispatch/campaign-gateway.ts';
import { campaignRunIdOf, type CampaignDefinition } from '../../domain/campaign.ts';
import { beginOccurrence } from '../../store/campaign-occurrences.ts';
import { newId } from '../../store/new-id.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import { listeningChannel, shopOf } from '../delivery/delivery-shop.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { temporalServer } from '../kit/temporal-server.ts';
import { testCampaign } from './test-campaign.ts';

/** Of a deployment that has lost one of its campaigns. */
const day = new Date().toISOString().slice(0, 10);
const kept = testCampaign(`kept-${randomUUID()}`, day);
const taskQueue = `campaigns-${randomUUID()}`;
const email = listeningChannel('email');
const warned: string[] = [];

let database: TestDatabase;
let server: Awaited<ReturnType<typeof temporalServer>>;
let connection: Connection;
let native: NativeConnection;
let temporal: TemporalClient;
let gateway: CampaignGateway;
let operator: CampaignClient;
let worker: Awaited<ReturnType<typeof startWorker>>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [database, server] = await Promise.all([createTestDatabase(), temporalServer()]);
  const { address, namespace } = server;
  [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  temporal = new TemporalClient({ connection, namespace });
  await shopOf(database.db).customer();
  worker = await startWorker([kept]);
  gateway = createCampaignGateway({ client: temporal, taskQueue });
  operator = createCampaignClient({
    db: database.db,
    campaigns: [kept],
    clock: systemClock,
    home: { timeZone: 'UTC' },
    gateway,
    judge: async () => [],
  });
}, 120_000);

afterAll(async () => {
  await worker.stop();
  await Promise.all([connection.close(), native.close()]);
  await Promise.all([database.close(), server.stop()]);
});

async function startWorker(campaigns: readonly CampaignDefinition[]) {
  const shop = shopOf(database.db, { channels: [email], policy: { frequencyCaps: [] } });
  return startCampaignWorker({
    connection: native,
    client: temporal,
    namespace: server.namespace,
    databaseUrl: database.url,
    taskQueue,
    bundle: await bundleJourneys(),
    campaigns,
    delivery: { ...shop.deps, clock: systemClock },
    log: { warn: (_details, message) => void warned.push(message) },
  });
}

/** A campaign under way that nobody defines, with its dispatcher. */
async function underWay() {
  const campaign = testCampaign(`gone-${randomUUID()}`, day);
  const scheduledAt = Date.parse(day);
  const { id } = await beginOccurrence(database.db, {
    id: newId(),
    campaign: campaign.name,
    scheduledAt,
    launchedAt: scheduledAt,
    includesBusiness: false,
  });
  await gateway.start({ campaign: campaign.name, scheduledAt, occurrence: id });
  const run = temporal.workflow.getHandle(campaignRunIdOf(campaign.name, scheduledAt));
  const eventsOf = async () => (await run.fetchHistory()).events ?? [];
  const waits = async () => (await eventsOf()).filter((event) => event.timerStartedEventAttributes).length;
  await expect.poll(waits, { timeout: 20_000 }).toBe(1);
  return { campaign, run, eventsOf };
}

describe('a campaign under way whose code was taken out', { timeout: 60_000 }, () => {
  it('waits without failing, is told of by all who are asked, and ends when it is cancelled', async () => {
    const { campaign, run, eventsOf } = await underWay();
    const { name } = campaign;
    const gone = expect.stringContaining(`npx perennial campaign cancel ${name}`);
    expect(warned).toEqual([gone]);
    expect((await eventsOf()).filter((event) => event.activityTaskFailedEventAttributes)).toEqual([]);
    expect(await operator.status(name)).toMatchObject({ campaign: name, gone });
    expect(await operator.list()).toMatchObject([{ campaign: kept.name }, { campaign: name, gone }]);
    expect((await readStatus(database.db, { campaigns: [kept.name] })).campaigns).toMatchObject([
      { campaign: name, gone },
    ]);
    expect(await operator.pause(name)).toBe(true);
    expect(await operator.resume(name)).toBe(true);

    expect(await operator.cancel(name)).toMatchObject({ outcome: 'cancelled' });
    await run.result();
    expect((await operator.status(name)).gone).toBeUndefined();
    expect((await readStatus(database.db, { campaigns: [kept.name] })).campaigns).toEqual([]);
    expect(email.heard).toEqual([]);
  });

  it('goes on once it is back', async () => {
    const { campaign, run } = await underWay();
    await worker.stop();
    worker = await startWorker([kept, campaign]);
    await gateway.stir(campaign.name, Date.parse(day));
    await run.result();
    expect(email.heard).toHaveLength(1);
    expect((await operator.status(campaign.name)).occurrence.state).toBe('done');
  });
});

describe('what needs the code', () => {
  it('is not done without it', async () => {
    for (const part of [operator.launch, operator.plan, operator.pause, operator.cancel, operator.status]) {
      await expect(part('never-was')).rejects.toMatchObject({ code: 'campaign-unknown' });
    }
  });

  it('is not said of one that is defined', async () => {
    expect((await operator.list()).find(({ campaign }) => campaign === kept.name)?.gone).toBeUndefined();
  });
});
