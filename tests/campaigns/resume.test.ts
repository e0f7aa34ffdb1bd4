import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCampaignWorker } from '../../campaign-worker.ts';
import { createClient, type Client } from '../../client/create-client.ts';
import { systemClock } from '../../config/system-clock.ts';
import { createCampaignGateway, type CampaignGateway } from '../../dispatch/campaign-gateway.ts';
import { campaignRunIdOf } from '../../domain/campaign.ts';
import { occasionOf } from '../../domain/calendar/occasions.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import type { PauseScope } from '../../store/pauses.ts';
import { listeningChannel, shopOf } from '../delivery/delivery-shop.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { temporalServer } from '../kit/temporal-server.ts';
import { testCampaign } from './test-campaign.ts';

const people = 3;
/** Seconds, also on a machine that has much to do: without being told, it would be five or ten minutes. */
const soon = { timeout: 15_000 };
const day = new Date().toISOString().slice(0, 10);
const scheduledAt = Date.parse(day) - 86_400_000;
const taskQueue = `campaigns-${randomUUID()}`;
const campaigns = Array.from({ length: 5 }, () => testCampaign(`test-${randomUUID()}`, day));
const email = listeningChannel('email');

let database: TestDatabase;
let server: Awaited<ReturnType<typeof temporalServer>>;
let connection: Connection;
let native: NativeConnection;
let temporal: TemporalClient;
let worker: Awaited<ReturnType<typeof startCampaignWorker>>;
let gateway: CampaignGateway;
let operator: Client;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [database, server] = await Promise.all([createTestDatabase(), temporalServer()]);
  const { address, namespace } = server;
  [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  temporal = new TemporalClient({ connection, namespace });
  const shop = shopOf(database.db, { channels: [email], policy: { frequencyCaps: [] } });
  for (let person = 0; person < people; person++) await shop.customer();
  worker = await startCampaignWorker({
    connection: native,
    client: temporal,
    namespace,
    databaseUrl: database.url,
    taskQueue,
    bundle: await bundleJourneys(),
    campaigns,
    delivery: { ...shop.deps, clock: systemClock },
    log: { warn: () => undefined },
  });
  gateway = createCampaignGateway({ client: temporal, taskQueue });
  operator = createClient({
    db: database.db,
    intake: createIntake({ db: database.db, journeys: [], clock: systemClock, home: shop.deps.shop.home }),
    journeys: [],
    clock: systemClock,
    whereabouts: async () => undefined,
    stirCampaign: (campaign, at) => gateway.stir(campaign, at),
  });
}, 120_000);

afterAll(async () => {
  await worker.stop();
  await Promise.all([connection.close(), native.close()]);
  await Promise.all([database.close(), server.stop()]);
});

const notLaunched = [...campaigns];
const started: string[] = [];
beforeEach(() => {
  email.heard.length = 0;
});
afterEach(async () => {
  await database.db.deleteFrom('pauses').execute();
  await Promise.allSettled(started.splice(0).map((run) => temporal.workflow.getHandle(run).terminate()));
});

/** Launches another campaign while something is paused, and waits until its dispatcher waits for the end of that. */
async function launchPaused(whatOf: (campaign: string) => PauseScope) {
  const campaign = notLaunched.pop();
  if (campaign === undefined) throw new Error('there are not enough campaigns');
  const { name } = campaign;
  const what = whatOf(name);
  await operator.pause(what);
  const { opensAt } = occasionOf(campaign, { scheduledAt });
  await gateway.start({ campaign: name, scheduledAt: opensAt });
  const run = campaignRunIdOf(name, opensAt);
  started.push(run);
  await expect.poll(() => countOf(run, 'timerStartedEventAttributes'), { timeout: 20_000 }).toBe(1);
  expect(email.heard).toEqual([]);
  return { run, what };
}

type Attributes = 'timerStartedEventAttributes' | 'workflowExecutionSignaledEventAttributes';

async function countOf(run: string, attributes: Attributes): Promise<number> {
  const { events } = await temporal.workflow.getHandle(run).fetchHistory();
  return (events ?? []).filter((event) => event[attributes]).length;
}

const everything = (): PauseScope => ({ scope: 'everything' });
const itsChannel = (): PauseScope => ({ scope: 'channel', name: 'email' });
const itself = (name: string): PauseScope => ({ scope: 'campaign', name });

describe('the end of a pause', () => {
  it.each([
    ['of everything', everything],
    ['of its channel', itsChannel],
    ['of itself', itself],
  ])('%s lets a campaign under way go on at once', async (_, whatOf) => {
    const { run, what } = await launchPaused(whatOf);
    await operator.resume(what);
    await expect.poll(() => email.heard.length, soon).toBe(people);
    await temporal.workflow.getHandle(run).result();
    expect(email.heard).toHaveLength(people);
  });

  it('does not wake a campaign that it does not concern', async () => {
    const { run } = await launchPaused(itself);
    await operator.pause({ scope: 'journey', name: 'abandoned-cart' });
    await operator.pause({ scope: 'campaign', name: 'another' });
    await operator.resume({ scope: 'journey', name: 'abandoned-cart' });
    await operator.resume({ scope: 'campaign', name: 'another' });
    await operator.resume({ scope: 'everything' });
    await sleep(1000);
    expect(await countOf(run, 'workflowExecutionSignaledEventAttributes')).toBe(0);
    expect(email.heard).toEqual([]);
  });

  it('does not let go what another pause still holds back, which is asked once and waits again', async () => {
    const { run } = await launchPaused(itsChannel);
    await operator.pause({ scope: 'everything' });
    await operator.resume({ scope: 'everything' });
    await expect.poll(() => countOf(run, 'timerStartedEventAttributes'), soon).toBe(2);
    await sleep(1000);
    expect(await countOf(run, 'timerStartedEventAttributes')).toBe(2);
    expect(email.heard).toEqual([]);
  });
});
