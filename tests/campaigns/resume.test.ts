import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type Client } from '../../client/create-client.ts';
import { systemClock } from '../../config/system-clock.ts';
import { campaignRunIdOf } from '../../domain/campaign.ts';
import { occasionOf } from '../../domain/calendar/occasions.ts';
import { createIntake } from '../../intake/create-intake.ts';
import type { PauseScope } from '../../store/pauses.ts';
import { openCampaignStage, type CampaignStage } from './campaign-stage.ts';
import { testCampaign } from './test-campaign.ts';

const people = 3;
/** Seconds, also on a machine that has much to do: without being told, it would be five or ten minutes. */
const soon = { timeout: 15_000 };
const day = new Date().toISOString().slice(0, 10);
const scheduledAt = Date.parse(day) - 86_400_000;
const campaigns = Array.from({ length: 5 }, () => testCampaign(`test-${randomUUID()}`, day));

let stage: CampaignStage;
let operator: Client;

beforeAll(async () => {
  stage = await openCampaignStage({ campaigns, policy: { frequencyCaps: [] } });
  const { db, shop, gateway } = stage;
  for (let person = 0; person < people; person++) await shop.customer();
  operator = createClient({
    db,
    intake: createIntake({ db, journeys: [], clock: systemClock, home: shop.deps.shop.home }),
    journeys: [],
    clock: systemClock,
    whereabouts: async () => undefined,
    stirCampaign: (campaign, at) => gateway.stir(campaign, at),
  });
}, 120_000);
afterAll(() => stage.close());

const notLaunched = [...campaigns];
const started: string[] = [];
beforeEach(() => {
  stage.email.heard.length = 0;
});
afterEach(async () => {
  await stage.db.deleteFrom('pauses').execute();
  await Promise.allSettled(started.splice(0).map((run) => stage.client.workflow.getHandle(run).terminate()));
});

/** Launches another campaign while something is paused, and waits until its dispatcher waits for the end of that. */
async function launchPaused(whatOf: (campaign: string) => PauseScope) {
  const campaign = notLaunched.pop();
  if (campaign === undefined) throw new Error('there are not enough campaigns');
  const { name } = campaign;
  const what = whatOf(name);
  await operator.pause(what);
  const { opensAt } = occasionOf(campaign, { scheduledAt });
  await stage.gateway.start({ campaign: name, scheduledAt: opensAt });
  const run = campaignRunIdOf(name, opensAt);
  started.push(run);
  await expect.poll(() => countOf(run, 'timerStartedEventAttributes'), { timeout: 20_000 }).toBe(1);
  expect(stage.email.heard).toEqual([]);
  return { run, what };
}

type Attributes = 'timerStartedEventAttributes' | 'workflowExecutionSignaledEventAttributes';

async function countOf(run: string, attributes: Attributes): Promise<number> {
  const { events } = await stage.client.workflow.getHandle(run).fetchHistory();
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
    await expect.poll(() => stage.email.heard.length, soon).toBe(people);
    await stage.client.workflow.getHandle(run).result();
    expect(stage.email.heard).toHaveLength(people);
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
    expect(stage.email.heard).toEqual([]);
  });

  it('does not let go what another pause still holds back, which is asked once and waits again', async () => {
    const { run } = await launchPaused(itsChannel);
    await operator.pause({ scope: 'everything' });
    await operator.resume({ scope: 'everything' });
    await expect.poll(() => countOf(run, 'timerStartedEventAttributes'), soon).toBe(2);
    await sleep(1000);
    expect(await countOf(run, 'timerStartedEventAttributes')).toBe(2);
    expect(stage.email.heard).toEqual([]);
  });
});
