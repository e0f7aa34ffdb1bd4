import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { campaignRunIdOf } from '../../domain/campaign.ts';
import { occasionOf } from '../../domain/calendar/occasions.ts';
import { openCampaignStage, type CampaignStage } from './campaign-stage.ts';
import { insertPeople } from './insert-people.ts';
import { testCampaign } from './test-campaign.ts';

const recipients = 300;
const name = `test-${randomUUID()}`;
const day = new Date().toISOString().slice(0, 10);
const campaign = testCampaign(name, day);

let stage: CampaignStage;

beforeAll(async () => {
  stage = await openCampaignStage({ campaigns: [campaign], chunkSize: 5 });
  await insertPeople(stage.db, recipients);
}, 120_000);
afterAll(() => stage.close());

/** The runs of a dispatcher, first to last, each with the number of its events. */
async function runsOf(workflowId: string, first: string): Promise<number[]> {
  const lengths: number[] = [];
  for (let runId: string | null | undefined = first; runId;) {
    const { events } = await stage.client.workflow.getHandle(workflowId, runId).fetchHistory();
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
      await stage.gateway.start({ campaign: name, scheduledAt, enoughEvents });
      const workflowId = campaignRunIdOf(name, scheduledAt);
      const { runId: first } = await stage.client.workflow.getHandle(workflowId).describe();
      const occurrence = await stage.client.workflow.getHandle(workflowId).result();

      const runs = await runsOf(workflowId, first);
      expect(runs.length).toBeGreaterThan(2);
      // What is under way when it has enough still comes to its end: a chunk of each lane and the turn they are part of.
      expect(Math.max(...runs)).toBeLessThan(2 * enoughEvents);

      const written = stage.email.heard.map(({ sendId }) => sendId);
      expect(written).toHaveLength(recipients);
      expect(new Set(written).size).toBe(recipients);
      const rows = await stage.db.selectFrom('campaign_recipients').select('occurrence_id').execute();
      expect(rows).toHaveLength(recipients);
      expect(new Set(rows.map(({ occurrence_id }) => occurrence_id))).toEqual(new Set([occurrence]));
    },
  );

  it('stays one run while it is short', { timeout: 60_000 }, async () => {
    const { opensAt } = occasionOf(campaign, { scheduledAt: Date.parse(day) - 86_400_000 });
    const scheduledAt = opensAt - 1000;
    await stage.gateway.start({ campaign: name, scheduledAt });
    const workflowId = campaignRunIdOf(name, scheduledAt);
    const { runId } = await stage.client.workflow.getHandle(workflowId).describe();
    // The cap on messages puts everybody off; that is enough to see it at work.
    await expect.poll(() => deferredOf(scheduledAt), { timeout: 45_000 }).toBe(recipients);
    expect(await runsOf(workflowId, runId)).toHaveLength(1);
    await stage.client.workflow.getHandle(workflowId).terminate();
  });
});

async function deferredOf(scheduledAt: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count
    from campaign_occurrences o
    join campaign_recipients r on r.occurrence_id = o.id
    join deliveries d on d.recipient_id = r.id
    where o.scheduled_at = ${new Date(scheduledAt)}::timestamptz and d.state = 'deferred'
  `.execute(stage.db);
  return rows[0]?.count ?? 0;
}
