import type { Instant } from '../../domain/instant.ts';
import { listUnderWay } from '../../store/campaign-occurrences.ts';
import type { Database } from '../../store/database.ts';
import type { PauseScope } from '../../store/pauses.ts';

/** Tells a dispatcher to look at once. False when there is none, or it cannot be told. */
export type StirCampaign = (campaign: string, scheduledAt: Instant) => Promise<boolean>;

/**
 * Has every dispatcher under way look at once that a pause, or the end of it, concerns. A pause holds without it, since the
 * gates read the database; after its end a dispatcher that nobody tells would wait for up to ten minutes.
 */
export async function stirCampaigns(db: Database, what: PauseScope, stir: StirCampaign): Promise<void> {
  for (const { campaign, scheduledAt } of await underWay(db, what)) await stir(campaign, scheduledAt);
}

async function underWay(db: Database, what: PauseScope) {
  switch (what.scope) {
    case 'everything':
    case 'channel':
      return listUnderWay(db, { tests: true });
    case 'campaign':
      return listUnderWay(db, { campaign: what.name, tests: true });
    case 'journey':
      return [];
    default:
      return what satisfies never;
  }
}
