import type { CampaignPlan } from '../../client/campaigns/plan-campaign.ts';

type Outline = Pick<CampaignPlan, 'campaign' | 'day' | 'time' | 'recipients'>;

/** What a plan says above its tables. */
export function planSentence({ campaign, day, time, recipients }: Outline): string {
  const sentence = `${campaign}, ${day} at ${time}: ${recipientWords(recipients)}. Nothing was sent.`;
  if (recipients > 0) return sentence;
  return `${sentence} Nobody is in its audience; its file in workflows/campaigns/ says for whom it is.`;
}

export function recipientWords(count: number): string {
  return count === 1 ? '1 recipient' : `${count} recipients`;
}
