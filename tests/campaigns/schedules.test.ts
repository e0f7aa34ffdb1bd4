import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection, ScheduleNotFoundError, WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

describe('a worker that starts', () => {
  const campaigns = ['spring', 'summer'].map((season) =>
    testCampaign(`test-${season}-${randomUUID()}`, '2030-03-14'),
  );
  const [spring, summer] = campaigns.map(({ name }) => name);
  const now = Date.parse('2030-03-01T00:00:00Z');
  const isThere = async (scheduleId: string) =>
    client.schedule
      .getHandle(scheduleId)
      .describe()
      .then(
        () => true,
        (error: unknown) => {
          if (error instanceof ScheduleNotFoundError) return false;
          throw error;
        },
      );
  const areThere = () => Promise.all(campaigns.map(({ name }) => isThere(campaignScheduleIdOf(name))));
  const listed = async (scheduleId: string) => {
    for await (const { scheduleId: id } of client.schedule.list()) if (id === scheduleId) return true;
    return false;
  };

  it('sets Schedules, and removes that of a campaign that is gone, only when the shop asks for it', async () => {
    const gateway = newGateway();
    const said: [object, string][] = [];
    const log = { warn: (...words: [object, string]) => void said.push(words) };
    await scheduleAtStart(gateway, {}, campaigns, { now, log });
    expect(await areThere()).toEqual([false, false]);
    await scheduleAtStart(gateway, { campaigns: 'scheduled' }, campaigns, { now, log });
    expect(await areThere()).toEqual([true, true]);
    expect(said).toEqual([]);

    await expect.poll(() => listed(campaignScheduleIdOf(summer ?? '')), { timeout: 10_000 }).toBe(true);
    await scheduleAtStart(gateway, {}, campaigns.slice(0, 1), { now, log });
    expect(await areThere()).toEqual([true, true]);
    await scheduleAtStart(gateway, { campaigns: 'scheduled' }, campaigns.slice(0, 1), { now, log });
    expect(await areThere()).toEqual([true, false]);
    expect(said).toEqual([[{ campaign: summer }, expect.stringContaining('Schedule was removed')]]);
    await gateway.schedule(spring ?? '', []);
  });

  it('does not touch Schedules that are not of these campaigns', async () => {
    const taskQueue = `nobody-${randomUUID()}`;
    const gateway = createCampaignGateway({ client, taskQueue });
    const foreign = [
      ['of another shop', { workflowType: 'campaign', taskQueue: `another-${randomUUID()}` }],
      ['of something else', { workflowType: 'report', taskQueue }],
      ['by another name', { workflowType: 'campaign', taskQueue }],
    ] as const;
    const ids: string[] = [];
    for (const [what, action] of foreign) {
      const prefix = what === 'by another name' ? 'nightly-campaign/' : 'campaign/';
      const scheduleId = `${prefix}test-${randomUUID()}`;
      ids.push(scheduleId);
      await client.schedule.create({
        scheduleId,
        spec: { calendars: [{ year: 2030, month: 'MARCH', dayOfMonth: 14, hour: 9 }] },
        action: { type: 'startWorkflow', workflowId: scheduleId, ...action },
      });
      await expect.poll(() => listed(scheduleId), { timeout: 10_000 }).toBe(true);
    }
    expect(await scheduleCampaigns(gateway, [], now)).toEqual([]);
    expect(await Promise.all(ids.map(isThere))).toEqual([true, true, true]);
    await Promise.all(ids.map((id) => client.schedule.getHandle(id).delete()));
  });
});
