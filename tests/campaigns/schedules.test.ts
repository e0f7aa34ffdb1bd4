import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCampaignGateway } from '../../dispatch/campaign-gateway.ts';
import { scheduleAtStart, scheduleCampaigns } from '../../dispatch/campaign-schedules.ts';
import { campaignRunIdOf, campaignScheduleIdOf } from '../../domain/campaign.ts';
import { floorToSecond } from '../../domain/instant.ts';
import { temporalServer } from '../kit/temporal-server.ts';
import { testCampaign } from './test-campaign.ts';

let server: Awaited<ReturnType<typeof temporalServer>>;
let connection: Connection;
let client: Client;

beforeAll(async () => {
  server = await temporalServer();
  connection = await Connection.connect({ address: server.address });
  client = new Client({ connection, namespace: server.namespace });
});

afterAll(async () => {
  await connection.close();
  await server.stop();
});

function newGateway() {
  return createCampaignGateway({ client, taskQueue: `nobody-${randomUUID()}` });
}

async function describeRun(runId: string) {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      return await client.workflow.getHandle(runId).describe();
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError) || Date.now() > end) throw error;
      await sleep(200);
    }
  }
}

it('begins the dispatcher at its instant, under the id by which a launch by hand would begin it', async () => {
  const gateway = newGateway();
  const campaign = `test-${randomUUID()}`;
  const opensAt = floorToSecond(Date.now()) + 3000;
  expect(await gateway.schedule(campaign, [opensAt, opensAt + 365 * 86_400_000])).toBe('created');
  const run = await describeRun(campaignRunIdOf(campaign, opensAt));
  expect(run.searchAttributes['TemporalScheduledStartTime']).toEqual([new Date(opensAt)]);
  expect(await gateway.start({ campaign, scheduledAt: opensAt })).toBe('running');
  await client.workflow.getHandle(run.workflowId).terminate('the test is over');
  await gateway.schedule(campaign, []);
});

it('catches up for one hour only and never runs two at once', async () => {
  const gateway = newGateway();
  const campaign = `test-${randomUUID()}`;
  await gateway.schedule(campaign, [Date.now() + 86_400_000]);
  const handle = client.schedule.getHandle(campaignScheduleIdOf(campaign));
  expect((await handle.describe()).policies).toMatchObject({ catchupWindow: 3_600_000, overlap: 'SKIP' });
  await gateway.schedule(campaign, []);
});

it('is set again without a change, follows a campaign that moves, and goes when its day is over', async () => {
  const gateway = newGateway();
  const campaign = testCampaign(`test-${randomUUID()}`, '2030-03-14');
  const before = Date.parse('2030-03-01T00:00:00Z');
  const set = async (moved = campaign, now = before) =>
    (await scheduleCampaigns(gateway, [moved], now)).map(({ schedule }) => schedule);
  const days = async () => {
    const { spec } = await client.schedule.getHandle(campaignScheduleIdOf(campaign.name)).describe();
    return spec.calendars?.map(({ dayOfMonth }) => JSON.stringify(dayOfMonth));
  };

  expect(await set()).toEqual(['created']);
  const first = await days();
  expect(await set()).toEqual(['updated']);
  expect(await days()).toEqual(first);
  expect(await set({ ...campaign, when: { ...campaign.when, date: '2030-03-20' } })).toEqual(['updated']);
  expect(await days()).not.toEqual(first);
  expect(await set(campaign, Date.parse('2030-04-01T00:00:00Z'))).toEqual(['none']);
  await expect(days()).rejects.toThrow(ScheduleNotFoundError);
});

it('is set by a worker that starts only when the shop asks for it', async () => {
  const set: string[] = [];
  const gateway = {
    schedule: async (campaign: string) => {
      set.push(campaign);
      return 'created' as const;
    },
  };
  const campaign = testCampaign('spring', '2030-03-14');
  const now = Date.parse('2030-03-01T00:00:00Z');
  await scheduleAtStart(gateway, {}, [campaign], now);
  expect(set).toEqual([]);
  await scheduleAtStart(gateway, { campaigns: 'scheduled' }, [campaign], now);
  expect(set).toEqual(['spring']);
});
