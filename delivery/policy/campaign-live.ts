import { pass, skip, type OriginGate } from './gate.ts';
import type { CampaignOrigin } from './send-facts.ts';

/** Only a campaign that is running sends: one that was cancelled is quiet from that instant on. */
export const campaignLive: OriginGate<CampaignOrigin> = {
  name: 'campaign-live',
  judge({ name, state }) {
    const saw = { campaign: name, state };
    return state === 'running' ? pass(saw) : skip('campaign-not-running', saw);
  },
};
