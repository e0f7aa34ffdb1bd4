import type { CampaignDefinition, CampaignRunInput } from '../../domain/campaign.ts';
import { dueByPlace, leadMs, nextOccasion, occasionsFrom } from '../../domain/calendar/occasions.ts';
import { assertVariant, campaignGone, campaignSends, findCampaign } from '../../domain/campaign-sends.ts';
import type { CampaignSend, JudgedSend } from '../../domain/delivery.ts';
import type { Clock, Instant } from '../../domain/instant.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { wordsForSegment } from '../../domain/segment-words.ts';
import {
  addRecipient,
  beginOccurrence,
  buyersSince,
  endOccurrence,
  isCampaignPaused,
  listOccurrences,
  listPlaces,
  listUnderWay,
  pendingRecipients,
  readBacklog,
  readOccurrence,
  readProgress,
  takeRecipients,
  type Backlog,
  type Occurrence,
  type ProgressRow,
} from '../../store/campaigns.ts';
import type { Database, DatabaseTransaction } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { countOverdue, pause, resume, type Overdue } from '../../store/pauses.ts';
import { findCustomer } from '../find-customer.ts';
import { stirCampaigns, type StirCampaign } from './stir-campaigns.ts';

export interface CampaignClientDeps {
  readonly db: Database;
  readonly campaigns: readonly CampaignDefinition[];
  readonly clock: Clock;
  readonly home: { readonly timeZone: string };
  /** How dispatchers are started and told; `createCampaignGateway` of `dispatch/`. */
  readonly gateway: CampaignStarter;
  /** Judges without sending, by the gates of delivery; for `plan`. */
  readonly judge: CampaignJudge;
}

export interface CampaignStarter {
  start(
    input: CampaignRunInput & { readonly scheduledAt: Instant },
  ): Promise<'started' | 'running' | 'finished'>;
  readonly stir: StirCampaign;
}

/** What the gates would say of each request at an instant, in the same order. */
export type CampaignJudge = (
  db: DatabaseTransaction,
  requests: readonly CampaignSend[],
  at: Instant,
) => Promise<readonly JudgedSend[]>;

export interface ListedCampaign {
  readonly campaign: string;
  readonly message: string;
  readonly audience: string;
  /** When its dispatcher begins next; null when its date is over. */
  readonly opensAt: Instant | null;
  /** The local day and time of the messages. */
  readonly due: string | null;
  readonly state: Occurrence['state'] | null;
  readonly paused: boolean;
  /** Set when it is under way and its code is not there any more: what to do. Its message and audience are not known then. */
  readonly gone?: string;
}

export interface CampaignPlan {
  readonly campaign: string;
  readonly day: string;
  readonly time: string;
  readonly recipients: number;
  readonly instants: readonly { readonly at: Instant; readonly recipients: number }[];
  /** By language, channel and verdict, the most first. */
  readonly outcomes: readonly (JudgedSend & { readonly count: number })[];
}

export interface CampaignStatus {
  readonly campaign: string;
  readonly occurrence: Occurrence;
  readonly paused: boolean;
  readonly backlog: Backlog;
  readonly progress: readonly ProgressRow[];
  /** Set when it is under way and its code is not there any more: what to do. */
  readonly gone?: string;
}

export interface Cancelled {
  readonly campaign: string;
  readonly scheduledAt: Instant;
  /** `finished`: it had come to its end before, and nothing was cancelled. */
  readonly outcome: 'cancelled' | 'called-off' | 'finished';
}

/** What an operator does with campaigns. */
export interface CampaignClient {
  readonly names: readonly string[];
  readonly list: () => Promise<ListedCampaign[]>;
  /** Judges everybody in the audience as of the instant at which they would be due, and sends nothing. */
  readonly plan: (name: string, onPage?: (judged: number) => void) => Promise<CampaignPlan>;
  /**
   * Begins the next occasion now instead of waiting for its Schedule. Messages still leave at their local time; those
   * whose time has passed leave at once, as long as they are useful.
   *
   * @param options `next`: also an occasion that is more than a week away; default false, since that may be next year's,
   * and this year's is over
   * @throws PerennialError `campaign-not-due` when the next occasion is that far away and was not meant
   */
  readonly launch: (
    name: string,
    options?: { readonly next?: boolean },
  ) => Promise<{
    readonly campaign: string;
    readonly day: string;
    readonly dispatcher: 'started' | 'running' | 'finished' | 'cancelled';
  }>;
  /** False when it was paused already. */
  readonly pause: (name: string, reason?: string) => Promise<boolean>;
  /** Lets it go on; what came due meanwhile is sent unless told otherwise. False when it was not paused. */
  readonly resume: (name: string, overdue?: Overdue) => Promise<boolean>;
  /** How many of its messages have come due while it is paused. */
  readonly countOverdue: (name: string) => Promise<number>;
  /**
   * Ends what is under way. What has not passed its point of no return does not leave; the ledger says so of each recipient
   * who was listed.
   *
   * @param options `next`: if nothing is under way, calls off the next occasion; default false, since that may be next year's
   * @throws PerennialError `campaign-not-due` when nothing is under way and the next occasion was not meant
   */
  readonly cancel: (name: string, options?: { readonly next?: boolean }) => Promise<Cancelled>;
  /** @throws PerennialError `campaign-not-due` when it was never launched */
  readonly status: (name: string) => Promise<CampaignStatus>;
  /**
   * Sends the message to one known customer now. It is marked as a test: it spends no cap and appears in no report.
   *
   * @param variant by its name; without one, the campaign's own message
   * @throws PerennialError `customer-unknown`, `variant-unknown`
   */
  readonly test: (name: string, to: string, variant?: string) => Promise<{ readonly occurrence: string }>;
  readonly progressOf: (occurrence: string) => Promise<ProgressRow[]>;
}

/** Nobody begins a campaign earlier than this by hand; who tries to has missed this year's. In milliseconds. */
const farAheadMs = 7 * 86_400_000;

/** Recipients that are judged in one transaction of a plan. */
const pageSize = 1000;

/**
 * What is under way can be looked at, paused and cancelled also when its code was taken out; everything else needs the code.
 *
 * @throws PerennialError `campaign-unknown` from every part that is given a name that no campaign has
 */
export function createCampaignClient(deps: CampaignClientDeps): CampaignClient {
  const { db, campaigns, clock, home, gateway } = deps;
  const find = (name: string) => findCampaign(campaigns, name);

  return {
    names: campaigns.map(({ name }) => name),

    list: async () => [...(await Promise.all(campaigns.map(listed))), ...(await listGone())],

    plan: async (name, onPage = () => undefined) => planOf(find(name), onPage),

    async launch(name, { next = false } = {}) {
      const { opensAt, day } = nextOccasion(find(name), clock.now());
      if (!next && opensAt > clock.now() + farAheadMs) throw tooFarAhead(name, day);
      const dispatcher = await gateway.start({ campaign: name, scheduledAt: opensAt });
      const ended = dispatcher === 'finished' ? await stateOf(name, opensAt) : undefined;
      return { campaign: name, day, dispatcher: ended === 'cancelled' ? ended : dispatcher };
    },

    async pause(name, reason) {
      await findAnything(name);
      const what = { scope: 'campaign', name } as const;
      const paused = await pause(db, what, { at: clock.now(), reason: reason ?? null });
      await stirCampaigns(db, what, gateway.stir);
      return paused;
    },

    async resume(name, overdue = 'send') {
      await findAnything(name);
      const what = { scope: 'campaign', name } as const;
      const leaveOut = overdue === 'send' ? undefined : { overdue, at: clock.now() };
      const resumed = await resume(db, what, leaveOut);
      await stirCampaigns(db, what, gateway.stir);
      return resumed;
    },

    async countOverdue(name) {
      await findAnything(name);
      return countOverdue(db, { scope: 'campaign', name }, clock.now());
    },

    async cancel(name, { next = false } = {}) {
      const underWay = await running(name);
      const { id, scheduledAt } = underWay ?? (await nextToEnd(find(name), next));
      await endOccurrence(db, id, 'cancelled');
      await gateway.stir(name, scheduledAt);
      const ended = await readOccurrence(db, id);
      const cancelled = underWay === undefined ? 'called-off' : 'cancelled';
      return { campaign: name, scheduledAt, outcome: ended?.state === 'done' ? 'finished' : cancelled };
    },

    async status(name) {
      const [occurrence] = await listOccurrences(db, name);
      if (occurrence === undefined) {
        find(name);
        throw new PerennialError(
          'campaign-not-due',
          `The campaign "${name}" has not been launched yet. "npx perennial campaign list" shows when it opens.`,
        );
      }
      return statusOf(occurrence);
    },

    async test(name, to, variant) {
      const campaign = find(name);
      if (variant !== undefined) assertVariant(campaign, variant);
      const customer = await findCustomer(db, to);
      if (customer === undefined) {
        throw new PerennialError(
          'customer-unknown',
          `Nobody is known by "${to}". A test goes to a customer: track a customer.updated event for yourself first.`,
        );
      }
      const now = clock.now();
      const { id: occurrence, scheduledAt } = await beginTest(campaign, now);
      const chosen = variant === undefined ? {} : { variant };
      await addRecipient(db, { id: newId(), occurrence, customer, dueAt: now, ...chosen });
      await gateway.start({ campaign: name, scheduledAt, occurrence });
      return { occurrence };
    },

    progressOf: (occurrence) => readProgress(db, occurrence),
  };

  async function listed(campaign: CampaignDefinition): Promise<ListedCampaign> {
    const [occasion] = occasionsFrom(campaign.when, clock.now());
    const occurrence = await running(campaign.name);
    return {
      campaign: campaign.name,
      message: campaign.message,
      audience: wordsForSegment(campaign.audience),
      opensAt: occasion?.opensAt ?? null,
      due: occasion === undefined ? null : `${occasion.day} ${occasion.time} ${occasion.zone}`,
      state: occurrence?.state ?? null,
      paused: await isCampaignPaused(db, campaign.name),
    };
  }

  /** Under way, and nobody defines them any more. */
  async function listGone(): Promise<ListedCampaign[]> {
    const underWay = (await listUnderWay(db)).filter(
      ({ campaign, isTest }) => !isTest && !isDefined(campaign),
    );
    return Promise.all(
      underWay.map(async ({ campaign, state }) => ({
        campaign,
        message: '',
        audience: '',
        opensAt: null,
        due: null,
        state,
        paused: await isCampaignPaused(db, campaign),
        ...goneOf({ campaign, state }),
      })),
    );
  }

  function isDefined(name: string): boolean {
    return campaigns.some((campaign) => campaign.name === name);
  }

  function goneOf({ campaign, state }: Pick<Occurrence, 'campaign' | 'state'>): { readonly gone?: string } {
    return state === 'running' && !isDefined(campaign) ? { gone: campaignGone(campaign).message } : {};
  }

  /** A campaign that is defined, or one that is under way without its code. */
  async function findAnything(name: string): Promise<void> {
    if ((await running(name)) === undefined) find(name);
  }

  async function stateOf(name: string, scheduledAt: Instant): Promise<Occurrence['state'] | undefined> {
    return (await listOccurrences(db, name)).find((each) => each.scheduledAt === scheduledAt)?.state;
  }

  async function running(name: string): Promise<Occurrence | undefined> {
    return (await listOccurrences(db, name)).find(({ state }) => state === 'running');
  }

  /** The next occasion, begun only so that it can be ended: its Schedule then finds it cancelled. */
  async function nextToEnd(campaign: CampaignDefinition, isMeant: boolean): Promise<Occurrence> {
    const { opensAt, day } = nextOccasion(campaign, clock.now());
    if (!isMeant) {
      throw new PerennialError(
        'campaign-not-due',
        `Nothing of the campaign "${campaign.name}" is under way. Its next time is ${day}. To call that off: npx perennial campaign cancel ${campaign.name} --next`,
      );
    }
    return beginOccurrence(db, {
      id: newId(),
      campaign: campaign.name,
      scheduledAt: opensAt,
      launchedAt: opensAt + leadMs,
      includesBusiness: campaign.includesBusiness ?? false,
    });
  }

  /** A test has an occurrence of its own: the instant of another, or of the real thing, is left to that. */
  async function beginTest(campaign: CampaignDefinition, now: Instant): Promise<Occurrence> {
    for (let scheduledAt = now; ; scheduledAt += 1) {
      const id = newId();
      const begun = await beginOccurrence(db, {
        id,
        campaign: campaign.name,
        scheduledAt,
        launchedAt: now,
        includesBusiness: true,
        isTest: true,
      });
      if (begun.id === id) return begun;
    }
  }

  async function statusOf(occurrence: Occurrence): Promise<CampaignStatus> {
    const [paused, backlog, progress] = await Promise.all([
      isCampaignPaused(db, occurrence.campaign),
      readBacklog(db, occurrence.id, clock.now()),
      readProgress(db, occurrence.id),
    ]);
    return { campaign: occurrence.campaign, occurrence, paused, backlog, progress, ...goneOf(occurrence) };
  }

  async function planOf(
    campaign: CampaignDefinition,
    onPage: (judged: number) => void,
  ): Promise<CampaignPlan> {
    const occasion = nextOccasion(campaign, clock.now());
    const due = dueByPlace(occasion, await listPlaces(db), home);
    const instants = new Map<Instant, number>();
    const outcomes = new Map<string, JudgedSend & { count: number }>();
    let recipients = 0;
    for (let after: string | undefined; ;) {
      const page = await judgedPage(campaign, occasion, due, after);
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
        const verdicts = await deps.judge(trx, group, Math.max(at, now));
        judged.push(...verdicts.map((verdict) => ({ at, judged: verdict })));
      }
      return { last, judged };
    });
  }
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

function tooFarAhead(name: string, day: string): PerennialError {
  return new PerennialError(
    'campaign-not-due',
    `The next time of the campaign "${name}" is ${day}, more than a week away; an earlier one is over. To begin it all the same: npx perennial campaign launch ${name} --next`,
  );
}
