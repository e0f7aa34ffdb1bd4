import type { Queryable } from './database.ts';

/** Every campaign that has gone out or is under way, by name, in alphabetical order. */
export async function listCampaignNames(db: Queryable): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('campaign_occurrences')
    .select('campaign')
    .distinct()
    .orderBy('campaign')
    .execute();
  return rows.map((row) => row.campaign);
}
