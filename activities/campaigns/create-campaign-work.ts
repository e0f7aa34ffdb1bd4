import { campaignRunIdOf, type CampaignDefinition } from '../../domain/campaign.ts';
import { dueByPlace, leadMs, occasionOf } from '../../domain/calendar/occasions.ts';
import { campaignGone, campaignSends, findCampaign } from '../../domain/campaign-sends.ts';
import type { CampaignSend } from '../../domain/delivery.ts';
import { parseDuration, type Duration } from '../../domain/duration.ts';
import type { Clock, Instant } from '../../domain/instant.ts';
import { isPerennialError, PerennialError } from '../../domain/perennial-error.ts';
import {
  beginOccurrence,
  endOccurrence,
  isCampaignPaused,
  buyersSince,
  readOccurrence,
  type Occurrence,
} from '../../store/campaign-occurrences.ts';
import {
  listPlaces,
  pendingRecipients,
  readBacklog,
  takeRecipients,
  type Backlog,
  type PendingRecipient,
} from '../../store/campaign-recipients.ts';
import type { DeliverEach } from '../../delivery/deliver.ts';
import type { Database } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import type { CampaignStep, CampaignWork, ChunkInput, TakeInput } from './campaign-step.ts';

export interface CampaignWorkDeps {
  readonly db: Database;
  readonly campaigns: readonly CampaignDefinition[];
  readonly deliverEach: DeliverEach;
  /** Told of messages that could not be dealt with for a reason that no good day has, such as a mistake in a loader. */
  readonly onFailure: (error: unknown, messages: number) => void;
  /** Told once of each occurrence under way whose campaign is not among `campaigns` any more. */
  readonly onGone: (gone: PerennialError) => void;
  /** How long each message stays useful, by its name. */
  readonly messages: Readonly<Record<string, { readonly usefulFor: Duration } | undefined>>;
  /** For recipients whose zone and country are not known. */
  readonly home: { readonly timeZone: string };
  readonly clock: Clock;
  /** Recipients that are handed to delivery together. Default 1,000. */
  readonly chunkSize?: number;
  /** Customers that are written down as recipients in one statement. Default 20,000. */
  readonly pageSize?: number;
}

/** How long before their instant the recipients are written down: a million takes about a minute. */
const takeLeadMs = 10 * 60_000;
/** A paused campaign looks up this often, besides being told when it is resumed. */
const pauseStepMs = 10 * 60_000;
/** How often one looks up whose code was taken out: it may be back, after a mistake that nobody wants to last. */
const goneStepMs = 60_000;
/** Messages that were put off come back together: few at the next minute, many at the next five. */
const minuteMs = 60_000;
const many = 10_000;

/**
 * What a campaign's dispatcher does outside itself. All that is known of an occurrence is in the database, so each of these
 * can be cut off at any moment and asked again: recipients are written down once, and a message has one send key for good.
 */
export function createCampaignWork(deps: CampaignWorkDeps): CampaignWork {
  const { db, clock, deliverEach, onFailure, onGone, home, chunkSize = 1000, pageSize = 20_000 } = deps;
  const toldGone = new Set<string>();

  return {
    async open({ campaign, scheduledAt }) {
      const definition = codeOf(campaign);
      if (definition === undefined) throw tellGone({ id: campaignRunIdOf(campaign, scheduledAt), campaign });
      const launchedAt = Math.max(clock.now(), scheduledAt + leadMs);
      const since = await buyersSince(db, definition, launchedAt);
      const { id } = await beginOccurrence(db, {
        id: newId(),
        campaign,
        scheduledAt,
        launchedAt,
        includesBusiness: definition.includesBusiness ?? false,
        ...(since === undefined ? {} : { excludesBuyersSince: since }),
      });
      return id;
    },

    async plan({ occurrence: id, takenUpTo }) {
      const occurrence = await find(id);
      const now = clock.now();
      if (codeOf(occurrence.campaign) === undefined) return stepWithoutCode(occurrence, now);
      const backlog = await readBacklog(db, id, now);
      if (occurrence.state === 'done') return { do: 'end' };
      if (occurrence.state === 'cancelled') {
        return backlog.unfinished > 0 ? { do: 'send', all: true } : waitOrEnd(backlog, undefined, now);
      }
      const waves = occurrence.isTest ? [] : instantsOf(await placesOf(occurrence));
      const untaken = waves.filter((at) => at > (takenUpTo ?? Number.NEGATIVE_INFINITY));
      const upTo = untaken.filter((at) => at - takeLeadMs <= now).at(-1);
      if (upTo !== undefined) return { do: 'take', upTo };
      if (backlog.open > 0) return (await pausedStep(occurrence, now)) ?? { do: 'send', all: false };
      return waitOrEnd(backlog, untaken[0], now);
    },

    async take(input, progress) {
      const occurrence = await find(input.occurrence);
      const definition = codeOf(occurrence.campaign);
      if (definition === undefined) return takeWithoutCode(occurrence);
      const due = await dueOf(occurrence, input);
      let taken = 0;
      for (let after = progress.after; ;) {
        const page = await takeRecipients(db, {
          occurrence,
          definition,
          due,
          now: clock.now(),
          limit: pageSize,
          ...(after === undefined ? {} : { after }),
        });
        taken += page.taken;
        if (page.last === undefined) return taken;
        after = page.last;
        progress.beat(after);
      }
    },

    async sendChunk(input) {
      const occurrence = await find(input.occurrence);
      if (codeOf(occurrence.campaign) === undefined) return { handled: 0, troubled: false };
      if (!input.all && (await pausedStep(occurrence, clock.now())) !== undefined) {
        return { handled: 0, troubled: false };
      }
      const page = await pendingRecipients(db, pageOf(input));
      const troubled = await handOver(requestsFor(occurrence, page));
      const last = page.at(-1);
      const next = page.length < chunkSize || last === undefined ? {} : { next: cursorOf(last) };
      return { handled: page.length, troubled, ...next };
    },

    async close({ occurrence }) {
      await endOccurrence(db, occurrence, 'done');
    },
  };

  async function find(id: string): Promise<Occurrence> {
    const occurrence = await readOccurrence(db, id);
    if (occurrence !== undefined) return occurrence;
    throw new PerennialError('campaign-not-due', `There is no occurrence ${id} of any campaign.`);
  }

  /** Nothing when it was taken out. */
  function codeOf(campaign: string): CampaignDefinition | undefined {
    return deps.campaigns.find(({ name }) => name === campaign);
  }

  /**
   * Nothing is sent, and nothing is lost either: it waits for its code, or for an operator who cancels it. Then it ends at
   * once, since nobody knows any more which message its recipients would have got; reports count them as left out by the
   * cancellation. A test that has lost its code is of no use to anybody.
   */
  function stepWithoutCode(occurrence: Occurrence, now: Instant): CampaignStep {
    if (isOver(occurrence) || occurrence.isTest) return { do: 'end' };
    tellGone(occurrence);
    return { do: 'wait', until: now + goneStepMs };
  }

  /** To have taken nobody would pass over a wave for good, so as long as it is under way this is tried again. */
  function takeWithoutCode(occurrence: Occurrence): number {
    if (isOver(occurrence)) return 0;
    throw tellGone(occurrence);
  }

  function tellGone({ id, campaign }: Pick<Occurrence, 'id' | 'campaign'>): PerennialError {
    const gone = campaignGone(campaign);
    if (!toldGone.has(id)) onGone(gone);
    toldGone.add(id);
    return gone;
  }

  /** Where customers are, with the instant at which each place is due. */
  async function placesOf(occurrence: Occurrence): Promise<{ readonly key: string; readonly at: Instant }[]> {
    const occasion = occasionOf(findCampaign(deps.campaigns, occurrence.campaign), occurrence);
    return dueByPlace(occasion, await listPlaces(db), home);
  }

  /** With the last wave everybody is looked for again: who has moved, or come, to a place whose wave is over. */
  async function dueOf(occurrence: Occurrence, { upTo, takenUpTo = Number.NEGATIVE_INFINITY }: TakeInput) {
    const places = await placesOf(occurrence);
    const isLast = places.every(({ at }) => at <= upTo);
    return places.filter(({ at }) => at <= upTo && (isLast || at > takenUpTo));
  }

  /** A pause is waited out, but not beyond the time at which the messages are worth nothing any more: then they are told so. */
  async function pausedStep(occurrence: Occurrence, now: Instant): Promise<CampaignStep | undefined> {
    if (!(await isCampaignPaused(db, occurrence.campaign))) return undefined;
    const [first] = await pendingRecipients(db, {
      ...pageOf({ run: '', occurrence: occurrence.id, lane: 0, lanes: 1, all: false }),
      limit: 1,
    });
    const useless = (first?.dueAt ?? now) + usefulMs(occurrence);
    return useless < now ? undefined : { do: 'wait', until: Math.min(now + pauseStepMs, useless + 1000) };
  }

  function usefulMs({ campaign }: Occurrence): number {
    const { message } = findCampaign(deps.campaigns, campaign);
    const found = deps.messages[message];
    return found === undefined ? 0 : parseDuration(found.usefulFor);
  }

  function pageOf({ occurrence, lane, lanes, all, after }: ChunkInput) {
    return {
      occurrence,
      lane,
      lanes,
      all,
      now: clock.now(),
      limit: chunkSize,
      ...(after === undefined ? {} : { after }),
    };
  }

  function requestsFor(occurrence: Occurrence, page: readonly PendingRecipient[]): CampaignSend[] {
    const definition = findCampaign(deps.campaigns, occurrence.campaign);
    return campaignSends(definition, occasionOf(definition, occurrence), page);
  }

  /**
   * One message that is in the hands of a worker which has died, or that cannot be written, must not hold up the rest: it
   * is looked for again.
   *
   * @returns whether some had better be left alone for a moment
   */
  async function handOver(requests: readonly CampaignSend[]): Promise<boolean> {
    if (requests.length === 0) return false;
    const delivered = await deliverEach(requests);
    const errors = delivered.flatMap((each) => (each.status === 'again' ? [each.error] : []));
    const failures = errors.filter((error) => !isForeseen(error));
    if (failures.length > 0) onFailure(failures[0], failures.length);
    return errors.length > 0 && !(errors.every(isNoTrouble) && errors.length < delivered.length);
  }
}

function isOver({ state }: Occurrence): boolean {
  return state === 'done' || state === 'cancelled';
}

const foreseen: readonly string[] = [
  'delivery-in-flight',
  'rate-limited',
  'temporarily-unavailable',
  'provider-unreachable',
];

/** What a list may meet on any day: another worker, a limit that is used up, the end of its process, a provider that is away. */
function isForeseen(error: unknown): boolean {
  return isPerennialError(error) && foreseen.includes(error.code);
}

/** What did not leave in its turn may be tried again at once, as long as others do leave. */
function isNoTrouble(error: unknown): boolean {
  return isPerennialError(error) && ['rate-limited', 'temporarily-unavailable'].includes(error.code);
}

function instantsOf(places: readonly { readonly at: Instant }[]): Instant[] {
  return [...new Set(places.map(({ at }) => at))].sort((one, other) => one - other);
}

function waitOrEnd(backlog: Backlog, nextWave: Instant | undefined, now: Instant): CampaignStep {
  const { nextDue, nextDeferred, deferred } = backlog;
  const grid = deferred > many ? 5 * minuteMs : minuteMs;
  const instants = [
    ...(nextWave === undefined ? [] : [nextWave - takeLeadMs]),
    ...(nextDue === null ? [] : [nextDue]),
    ...(nextDeferred === null ? [] : [Math.ceil(nextDeferred / grid) * grid]),
  ];
  return instants.length === 0 ? { do: 'end' } : { do: 'wait', until: Math.max(now, Math.min(...instants)) };
}

function cursorOf({ id, dueAt }: PendingRecipient) {
  return { id, dueAt };
}
