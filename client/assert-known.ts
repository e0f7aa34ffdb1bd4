import { sql } from 'kysely';
import { PerennialError } from '../domain/perennial-error.ts';
import { listCampaignNames } from '../store/campaign-names.ts';
import type { Queryable } from '../store/database.ts';

export interface AskedFor {
  readonly journey?: string;
  readonly campaign?: string;
  /** Journeys of this version of the shop. One that has been retired is known by those who went through it. */
  readonly journeyNames: readonly string[];
}

/**
 * Refuses a name that nothing has, for whoever found nothing under it: a slip would look like a journey that nobody enters.
 *
 * @throws PerennialError `journey-unknown`, `campaign-unknown`
 */
export async function assertKnown(
  db: Queryable,
  { journey, campaign, journeyNames }: AskedFor,
): Promise<void> {
  if (journey !== undefined && !journeyNames.includes(journey) && !(await wasEntered(db, journey))) {
    throw new PerennialError(
      'journey-unknown',
      `There is no journey "${journey}". There are: ${journeyNames.join(', ') || 'none'}.`,
    );
  }
  if (campaign === undefined) return;
  const names = await listCampaignNames(db);
  if (names.includes(campaign)) return;
  throw new PerennialError(
    'campaign-unknown',
    `No campaign "${campaign}" has gone out or is under way. Those that have: ${names.join(', ') || 'none'}.`,
  );
}

async function wasEntered(db: Queryable, journey: string): Promise<boolean> {
  const { rows } = await sql`select from enrolments where journey = ${journey} limit 1`.execute(db);
  return rows.length > 0;
}
