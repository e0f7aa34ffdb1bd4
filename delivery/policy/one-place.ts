import { pass, skip, type OriginGate } from './gate.ts';
import type { CampaignOrigin } from './send-facts.ts';

/** One person has one place in a going-out of a campaign, also when two records of them have become one since. */
export const onePlace: OriginGate<CampaignOrigin> = {
  name: 'one-place',
  judge({ duplicate }) {
    const saw = { recordsWithAPlace: duplicate ? 2 : 1 };
    return duplicate ? skip('duplicate-recipient', saw) : pass(saw);
  },
};
