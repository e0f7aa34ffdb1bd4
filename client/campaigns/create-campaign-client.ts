import type { CampaignDefinition, CampaignRunInput } from '../../domain/campaign.ts';
import { leadMs, nextOccasion, occasionsFrom } from '../../domain/calendar/occasions.ts';
import { assertVariant, campaignGone, findCampaign } from '../../domain/campaign-sends.ts';
import type { Instant } from '../../domain/instant.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { wordsForSegment } from '../../domain/segment-words.ts';
import {
  beginOccurrence,
  endOccurrence,
  isCampaignPaused,
  listOccurrences,
  listUnderWay,
  readOccurrence,
  type Occurrence,
} from '../../store/campaign-occurrences.ts';
import {
  addRecipient,
  readBacklog,
  readProgress,
  type Backlog,
  type ProgressRow,
} from '../../store/campaign-recipients.ts';
import { newId } from '../../store/new-id.ts';
import { countOverdue, pause, resume, type Overdue } from '../../store/pauses.ts';
import { findCustomer } from '../find-customer.ts';
import { planCampaign, type CampaignPlan, type PlanDeps } from './plan-campaign.ts';
import { stirCampaigns, type StirCampaign } from './stir-campaigns.ts';

export interface CampaignClientDeps extends PlanDeps {
  readonly campaigns: readonly CampaignDefinition[];
  /** How dispatchers are started and told; `createCampaignGateway` of `dispatch/`. */
  readonly gateway: CampaignStarter;
}

export interface CampaignStarter {
  start(
    input: CampaignRunInput & { readonly scheduledAt: Instant },
  ): Promise<'started' | 'running' | 'finished'>;
  readonly stir: StirCampaign;
}

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

/**
 * What is under way can be looked at, paused and cancelled also when its code was taken out; everything else needs the code.
 *
 * @throws PerennialError `campaign-unknown` from every part that is given a name that no campaign has
 */
export function createCampaignClient(deps: CampaignClientDeps): CampaignClient {
  const { db, campaigns, clock, gateway } = deps;
  const find = (name: string) => findCampaign(campaigns, name);

  return {
    names: campaigns.map(({ name }) => name),

    list: async () => [...(await Promise.all(campaigns.map(listed))), ...(await listGone())],

    plan: async (name, onPage = () => undefined) => planCampaign(deps, find(name), onPage),

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
    const underWay = (await listUnderWay(db)).filter(({ campaign }) => !isDefined(campaign));
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
}

function tooFarAhead(name: string, day: string): PerennialError {
  return new PerennialError(
    'campaign-not-due',
    `The next time of the campaign "${name}" is ${day}, more than a week away; an earlier one is over. To begin it all the same: npx perennial campaign launch ${name} --next`,
  );
}
