import type { CampaignDefinition } from '../../domain/campaign.ts';
import { segment } from '../../domain/segment.ts';

/** To everybody with an address, on a day that has begun everywhere. */
export function testCampaign(name: string, day: string): CampaignDefinition {
  return {
    name,
    audience: segment({ consent: 'email' }),
    message: 'reminder',
    input: () => ({ say: 'Only today' }),
    when: { date: day, at: '00:01', in: 'UTC' },
  };
}
