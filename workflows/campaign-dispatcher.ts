import {
  condition,
  continueAsNew,
  defineSignal,
  patched,
  proxyActivities,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { CampaignActivities } from '../activities/campaigns/create-campaign-activities.ts';
import type { ChunkInput, ChunkResult } from '../activities/campaigns/campaign-step.ts';
import { campaignChangedSignal, type CampaignRunInput } from '../domain/campaign.ts';
import type { Instant } from '../domain/instant.ts';

const changed = defineSignal(campaignChangedSignal);

const retry = { initialInterval: 2000, backoffCoefficient: 2, maximumInterval: 60_000 };
/** Journeys have 3, the middle; campaigns give way where a queue is shared. */
const priority = { priorityKey: 5 };

/** Questions to the database. Over a million recipients they take seconds. */
const quick = proxyActivities<CampaignActivities>({ startToCloseTimeout: '2 minutes', retry, priority });

/** Work that takes long says that it is alive every few seconds, so a worker's death costs half a minute. */
const long = proxyActivities<CampaignActivities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '30 seconds',
  retry,
  priority,
});

/** Chunks that are under way at once. */
const lanes = 4;
/** A run of more events hands over to a new one: replay stays short, and the engine's limit is ten times as far. */
const usuallyEnough = 4000;
/** How long messages that could not be dealt with are left alone, unless somebody pauses, resumes or cancels meanwhile. */
const breather = '30 seconds';

/**
 * The clock of one occurrence of a campaign: it waits for the next instant at which something is due, and has it done.
 *
 * Everything it knows is in the database and is asked for anew at each turn, so it holds no list: one timer per local
 * instant, whoever is due then is written down shortly before, and chunks of them are handed to delivery. Its history is as
 * long for a million recipients as its waves and chunks are many.
 *
 * @returns the occurrence
 */
export async function campaignDispatcher(input: CampaignRunInput): Promise<string> {
  const run = workflowInfo().workflowId;
  const { clockOffset = 0, enoughEvents = usuallyEnough } = input;
  let { takenUpTo } = input;
  let stirred = false;
  setHandler(changed, () => {
    stirred = true;
  });

  const occurrence = input.occurrence ?? (await open());
  const about = { run, occurrence };

  for (;;) {
    if (workflowInfo().historyLength > enoughEvents) {
      await continueAsNew<typeof campaignDispatcher>({ ...input, occurrence, ...upTo() });
    }
    stirred = false;
    const step = await quick.planCampaign({ ...about, ...upTo() });
    switch (step.do) {
      case 'take':
        await long.takeCampaignRecipients({ ...about, upTo: step.upTo, ...upTo() });
        takenUpTo = step.upTo;
        break;
      case 'send':
        if (!(await sendToAll(step.all))) await takeBreath();
        break;
      case 'wait':
        await condition(() => stirred, Math.max(1, step.until - now()));
        break;
      case 'end':
        await quick.closeCampaign(about);
        return occurrence;
      default:
        step satisfies never;
    }
  }

  async function open(): Promise<string> {
    const scheduledAt = input.scheduledAt ?? scheduledStart();
    return quick.openCampaign({ run, campaign: input.campaign, scheduledAt });
  }

  /** @returns false when some could not be dealt with now, or nobody was found after all */
  async function sendToAll(all: boolean): Promise<boolean> {
    const passes = Array.from({ length: lanes }, (_, lane) => sendLane({ ...about, lane, lanes, all }));
    const results = await Promise.all(passes);
    const handled = results.reduce((sum, result) => sum + result.handled, 0);
    return handled > 0 && !results.some(({ troubled }) => troubled);
  }

  /** A run that began before a stir could end its breath takes it as it did; see `tests/histories/campaign-*`. */
  async function takeBreath(): Promise<void> {
    if (patched('stir-ends-breather')) await condition(() => stirred, breather);
    else await sleep(breather);
  }

  async function sendLane(first: ChunkInput): Promise<Omit<ChunkResult, 'next'>> {
    const sum = { handled: 0, troubled: false };
    let chunk = first;
    for (;;) {
      const { next, handled, troubled } = await long.sendCampaignChunk(chunk);
      sum.handled += handled;
      sum.troubled ||= troubled;
      // What is left is found again by the run that takes over.
      if (next === undefined || workflowInfo().historyLength > enoughEvents) return sum;
      chunk = { ...first, after: next };
    }
  }

  function now(): Instant {
    return Date.now() + clockOffset;
  }

  function upTo(): { readonly takenUpTo?: Instant } {
    return takenUpTo === undefined ? {} : { takenUpTo };
  }
}

/** A Schedule tells the instant that it meant; the run may begin a little later, or much later after an outage. */
function scheduledStart(): Instant {
  const { searchAttributes, startTime } = workflowInfo();
  const [told] = searchAttributes['TemporalScheduledStartTime'] ?? [];
  return told instanceof Date ? told.getTime() : startTime.getTime();
}
