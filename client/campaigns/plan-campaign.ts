import type { CampaignDefinition } from '../../domain/campaign.ts';
import { dueByPlace, nextOccasion } from '../../domain/calendar/occasions.ts';
import { campaignSends } from '../../domain/campaign-sends.ts';
import type { CampaignSend, JudgedSend } from '../../domain/delivery.ts';
import type { Clock, Instant } from '../../domain/instant.ts';
import { beginOccurrence, buyersSince } from '../../store/campaign-occurrences.ts';
import { listPlaces, pendingRecipients, takeRecipients } from '../../store/campaign-recipients.ts';
import type { Database, DatabaseTransaction } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';

export interface CampaignPlan {
  readonly campaign: string;
  readonly day: string;
  readonly time: string;
  readonly recipients: number;
  readonly instants: readonly { readonly at: Instant; readonly recipients: number }[];
  /** By language, channel and verdict, the most first. */
  readonly outcomes: readonly (JudgedSend & { readonly count: number })[];
}

/** What the gates would say of each request at an instant, in the same order. */
export type CampaignJudge = (
  db: DatabaseTransaction,
  requests: readonly CampaignSend[],
  at: Instant,
) => Promise<readonly JudgedSend[]>;

export interface PlanDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly home: { readonly timeZone: string };
  /** Judges without sending, by the gates of delivery. */
  readonly judge: CampaignJudge;
}

/** Recipients that are judged in one transaction of a plan. */
const pageSize = 1000;

/** Judges everybody in the audience as of the instant at which they would be due, and sends nothing. */
export async function planCampaign(
  deps: PlanDeps,
  campaign: CampaignDefinition,
  onPage: (judged: number) => void,
): Promise<CampaignPlan> {
  const { db, clock, home } = deps;
  const occasion = nextOccasion(campaign, clock.now());
  const due = dueByPlace(occasion, await listPlaces(db), home);
  const instants = new Map<Instant, number>();
  const outcomes = new Map<string, JudgedSend & { count: number }>();
  let recipients = 0;
  for (let after: string | undefined; ;) {
    const page = await judgedPage(deps, campaign, occasion, due, after);
    for (const { at, judged } of page.judged) {
      instants.set(at, (instants.get(at) ?? 0) + 1);
      const key = JSON.stringify(judged);
      const counted = outcomes.get(key) ?? { ...judged, count: 0 };
      counted.count += 1;
      outcomes.set(key, counted);
    }
    recipients += page.judged.length;
    onPage(recipients);
    if (page.last === undefined) break;
    after = page.last;
  }
  return {
    campaign: campaign.name,
    day: occasion.day,
    time: occasion.time,
    recipients,
    instants: [...instants]
      .map(([at, count]) => ({ at, recipients: count }))
      .sort((one, other) => one.at - other.at),
    outcomes: [...outcomes.values()].sort((one, other) => other.count - one.count),
  };
}

/** A page of the audience is written down as it would be, judged, and forgotten again: the transaction is rolled back. */
async function judgedPage(
  { db, clock, judge }: PlanDeps,
  campaign: CampaignDefinition,
  occasion: ReturnType<typeof nextOccasion>,
  due: readonly { readonly key: string; readonly at: Instant }[],
  after: string | undefined,
) {
  return rolledBack(db, async (trx) => {
    const now = clock.now();
    const excludesBuyersSince = await buyersSince(trx, campaign, now);
    const occurrence = await beginOccurrence(trx, {
      id: newId(),
      campaign: campaign.name,
      // An instant that no occasion has, so that a real launch meanwhile does not wait for this.
      scheduledAt: now + 1,
      launchedAt: now,
      includesBusiness: campaign.includesBusiness ?? false,
      ...(excludesBuyersSince === undefined ? {} : { excludesBuyersSince }),
    });
    const { last } = await takeRecipients(trx, {
      occurrence,
      definition: campaign,
      due,
      now,
      limit: pageSize,
      ...(after === undefined ? {} : { after }),
    });
    const everybody = { occurrence: occurrence.id, now, all: true, lane: 0, lanes: 1, limit: pageSize };
    const sends = campaignSends(campaign, occasion, await pendingRecipients(trx, everybody));
    const judged: { at: Instant; judged: JudgedSend }[] = [];
    for (const at of new Set(sends.map(({ dueAt }) => dueAt))) {
      const group = sends.filter(({ dueAt }) => dueAt === at);
      const verdicts = await judge(trx, group, Math.max(at, now));
      judged.push(...verdicts.map((verdict) => ({ at, judged: verdict })));
    }
    return { last, judged };
  });
}

class RolledBack extends Error {}

/** Does something in a transaction and undoes it, but keeps what was found out. */
async function rolledBack<Result>(
  db: Database,
  work: (trx: DatabaseTransaction) => Promise<Result>,
): Promise<Result> {
  const findings: Result[] = [];
  try {
    await db.transaction().execute(async (trx) => {
      findings.push(await work(trx));
      throw new RolledBack('on purpose');
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  const [found] = findings;
  if (found === undefined) throw new Error('a transaction ended before its work');
  return found;
}
