import { toIso } from '../../domain/instant.ts';
import { pass, skip, type OriginGate } from './gate.ts';
import type { CampaignOrigin } from './send-facts.ts';

/** Who has bought since the launch is not asked to buy; a campaign may say that it does not mind. */
export const boughtAlready: OriginGate<CampaignOrigin> = {
  name: 'bought-already',
  judge({ excludesBuyersSince, boughtAt }) {
    if (excludesBuyersSince === null) return pass({ excludesBuyers: false });
    const saw = {
      since: toIso(excludesBuyersSince),
      boughtAt: boughtAt === null ? null : toIso(boughtAt),
    };
    return boughtAt === null ? pass(saw) : skip('bought-already', saw);
  },
};
