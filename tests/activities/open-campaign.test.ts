import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { createCampaignActivities } from '../../activities/campaigns/create-campaign-activities.ts';
import type { CampaignWork } from '../../activities/campaigns/campaign-step.ts';
import { campaignGone } from '../../domain/campaign-sends.ts';

const hour = 3_600_000;
const nothing: CampaignWork = {
  open: async () => 'occurrence',
  plan: async () => ({ do: 'end' }),
  take: async () => 0,
  sendChunk: async () => ({ handled: 0, troubled: false }),
  close: async () => undefined,
};

/** What a run is told that has asked for its campaign for so long. */
function openedAfter(askedForMs: number, open: CampaignWork['open']) {
  const { openCampaign } = createCampaignActivities({ ...nothing, open });
  const environment = new MockActivityEnvironment(
    { scheduledTimestampMs: Date.now() - askedForMs },
    { logger: new DefaultLogger('ERROR') },
  );
  return environment.run(openCampaign, { run: 'run', campaign: 'sale', scheduledAt: 0 });
}

const gone = async () => {
  throw campaignGone('sale');
};

describe('a campaign that lost its code before it began', () => {
  it('is waited for, for an hour', async () => {
    await expect(openedAfter(hour / 2, gone)).rejects.toMatchObject({
      type: 'PerennialError campaign-gone',
      nonRetryable: false,
    });
  });

  it('is not waited for any longer: its run fails, and may be launched again', async () => {
    await expect(openedAfter(hour + 1000, gone)).rejects.toMatchObject({
      type: 'PerennialError campaign-gone',
      nonRetryable: true,
    });
  });

  it('is not what any other failure means, however long it lasts', async () => {
    const away = async () => Promise.reject(new Error('away'));
    await expect(openedAfter(2 * hour, away)).rejects.toMatchObject({ nonRetryable: false });
  });
});
