import { pass, skip, type OriginGate } from './gate.ts';
import type { CampaignOrigin } from './send-facts.ts';

/** Some get nothing, chosen by hash when the recipients were listed, so that a report can say what the campaign brought. */
export const holdout: OriginGate<CampaignOrigin> = {
  name: 'holdout',
  judge(origin) {
    const saw = { holdout: origin.holdout };
    return origin.holdout ? skip('holdout', saw) : pass(saw);
  },
};
