import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCampaignWorker } from '../../campaign-worker.ts';
import { systemClock } from '../../config/system-clock.ts';
import { createCampaignGateway } from '../../dispatch/campaign-gateway.ts';
import { campaignRunIdOf } from '../../domain/campaign.ts';
import { occasionOf } from '../../domain/calendar/occasions.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import { listeningChannel, shopOf } from '../delivery/delivery-shop.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { temporalServer } from '../kit/temporal-server.ts';
import { testCampaign } from './test-campaign.ts';

const recipients = 300;
const name = `test-${randomUUID()}`;
const day = new Date().toISOString().slice(0, 10);
const campaign = testCampaign(name, day);
const taskQueue = `campaigns-${randomUUID()}`;
const email = listeningChannel('email');

let database: TestDatabase;
let server: Awaited<ReturnType<typeof temporalServer>>;
let connection: Connection;
let native: NativeConnection;
let client: Client;
let worker: Awaited<ReturnType<typeof startCampaignWorker>>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  [database, server] = await Promise.all([createTestDatabase(), temporalServer()]);
  const { address, namespace } = server;
  [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  client = new Client({ connection, namespace });
  await insertPeople();
  worker = await startCampaignWorker({
    connection: native,
    client,
    namespace,
    databaseUrl: database.url,
    taskQueue,
    chunkSize: 5,
    bundle: await bundleJourneys(),
    campaigns: [campaign],
    delivery: { ...shopOf(database.db, { channels: [email] }).deps, clock: systemClock },
    log: { warn: () => undefined },
  });
}, 120_000);

afterAll(async () => {
  await worker.stop();
  await Promise.all([connection.close(), native.close()]);
  await Promise.all([database.close(), server.stop()]);
});

async function insertPeople(): Promise<void> {
  await sql`
    with people as (
      insert into customers (id, kind, created_at)
      select gen_random_uuid(), 'consumer', '2026-01-01' from generate_series(1, ${recipients})
      returning id
    ), points as (
      insert into contact_points (customer_id, kind, address, address_key, occurred_at)
      select id, 'email', id || '@example.com', id || '@example.com', '2026-01-01' from people
    )
    insert into consents (id, customer_id, channel, purpose, topic, state, basis, occurred_at, event_id)
    select gen_random_uuid(), id, 'email', 'marketing', '', 'granted', 'test', '2026-01-01', id from people
  `.execute(database.db);
}

/** The runs of a dispatcher, first to last, each with the number of its events. */
async function runsOf(workflowId: string, first: string): Promise<number[]> {
  const lengths: number[] = [];
  for (let runId: string | null | undefined = first; runId;) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    lengths.push(events?.length ?? 0);
    runId = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return lengths;
}

describe('a dispatcher whose history grows long', () => {
  it(
    'hands over to a new run as often as it must, and everybody is written to once',
    { timeout: 180_000 },
    async () => {
      const enoughEvents = 60;
      const { opensAt: scheduledAt } = occasionOf(campaign, { scheduledAt: Date.parse(day) - 86_400_000 });
      const gateway = createCampaignGateway({ client, taskQueue });
      await gateway.start({ campaign: name, scheduledAt, enoughEvents });
      const workflowId = campaignRunIdOf(name, scheduledAt);
      const { runId: first } = await client.workflow.getHandle(workflowId).describe();
      const occurrence = await client.workflow.getHandle(workflowId).result();

      const runs = await runsOf(workflowId, first);
      expect(runs.length).toBeGreaterThan(2);
      // What is under way when it has enough still comes to its end: a chunk of each lane and the turn they are part of.
      expect(Math.max(...runs)).toBeLessThan(2 * enoughEvents);

      const written = email.heard.map(({ sendId }) => sendId);
      expect(written).toHaveLength(recipients);
      expect(new Set(written).size).toBe(recipients);
      const rows = await database.db.selectFrom('campaign_recipients').select('occurrence_id').execute();
      expect(rows).toHaveLength(recipients);
      expect(new Set(rows.map(({ occurrence_id }) => occurrence_id))).toEqual(new Set([occurrence]));
    },
  );

  it('stays one run while it is short', { timeout: 60_000 }, async () => {
    const { opensAt } = occasionOf(campaign, { scheduledAt: Date.parse(day) - 86_400_000 });
    const scheduledAt = opensAt - 1000;
    await createCampaignGateway({ client, taskQueue }).start({ campaign: name, scheduledAt });
    const workflowId = campaignRunIdOf(name, scheduledAt);
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    // The cap on messages puts everybody off; that is enough to see it at work.
    await expect.poll(() => deferredOf(scheduledAt), { timeout: 45_000 }).toBe(recipients);
    expect(await runsOf(workflowId, runId)).toHaveLength(1);
    await client.workflow.getHandle(workflowId).terminate();
  });
});

async function deferredOf(scheduledAt: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count
    from campaign_occurrences o
    join campaign_recipients r on r.occurrence_id = o.id
    join deliveries d on d.recipient_id = r.id
    where o.scheduled_at = ${new Date(scheduledAt)}::timestamptz and d.state = 'deferred'
  `.execute(database.db);
  return rows[0]?.count ?? 0;
}
