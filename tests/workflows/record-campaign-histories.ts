import { setTimeout as sleep } from 'node:timers/promises';
import type { CampaignStep } from '../../activities/campaigns/campaign-step.ts';
import type { CampaignRunInput } from '../../domain/campaign.ts';
import {
  openDispatcherStage,
  type DispatcherScript,
  type StagedDispatcher,
} from '../kit/dispatcher-stage.ts';
import { keepHistory } from './keep-history.ts';

/**
 * Plays the dispatcher of campaigns and keeps the histories of its runs in `tests/histories/`, where every later version of
 * it has to replay them. Run it for a scene that is new, and never to make an old one pass:
 * `node --import tsx tests/workflows/record-campaign-histories.ts cancelled`.
 */

interface Scene {
  readonly script: DispatcherScript;
  readonly input?: Omit<CampaignRunInput, 'campaign'>;
  readonly play?: (dispatcher: StagedDispatcher) => Promise<void>;
  /** The name of each run of it, where it hands over. Default: the scene's own. */
  readonly runs?: readonly string[];
}

const scheduledAt = Date.UTC(2026, 2, 2, 9);
const { now } = Date;
const anHour = 3_600_000;
const take: CampaignStep = { do: 'take', upTo: scheduledAt + anHour };
const send: CampaignStep = { do: 'send', all: false };
const sendToAll: CampaignStep = { do: 'send', all: true };
const wait = (ms: number): CampaignStep => ({ do: 'wait', until: now() + ms });
const cursor = { id: '0192f1f0-0000-7000-8000-000000000022', dueAt: scheduledAt };

const scenes: Readonly<Record<string, Scene>> = {
  // Begun by a Schedule, two waves; the first lane of each has a second chunk; a pause in between that somebody ends.
  'paused-and-resumed': {
    script: {
      steps: [wait(1000), take, wait(1000), send, wait(anHour), take, send],
      sendChunk: ({ lane, after }) => ({
        handled: 10,
        troubled: false,
        ...(lane === 0 && after === undefined ? { next: cursor } : {}),
      }),
    },
    async play(dispatcher) {
      await untilAsked(dispatcher, 'plan', 5);
      await sleep(500);
      await dispatcher.stir();
    },
  },
  cancelled: {
    script: { steps: [take, wait(anHour), sendToAll] },
    input: { scheduledAt },
    async play(dispatcher) {
      await untilAsked(dispatcher, 'plan', 2);
      await sleep(500);
      await dispatcher.stir();
    },
  },
  // A provider that cannot be asked: half a minute later it is tried again.
  troubled: {
    script: { steps: [take, send, send], sendChunk: onceTroubled() },
    input: { scheduledAt },
  },
  'stirred-in-its-breath': {
    script: { steps: [take, send, send], sendChunk: onceTroubled() },
    input: { scheduledAt },
    async play(dispatcher) {
      await untilAsked(dispatcher, 'sendChunk', 4);
      await sleep(1000);
      await dispatcher.stir();
    },
  },
  'handed-over': {
    script: { steps: [take, send, send, send, send] },
    input: { scheduledAt, enoughEvents: 60 },
    runs: ['handed-over', 'taken-over'],
  },
};

function onceTroubled(): NonNullable<DispatcherScript['sendChunk']> {
  let chunks = 0;
  return () => {
    chunks += 1;
    return { handled: 10, troubled: chunks === 1 };
  };
}

async function untilAsked({ asked }: StagedDispatcher, what: string, times: number): Promise<void> {
  while (asked.filter((each) => each === what).length < times) await sleep(20);
}

const [, , only = ''] = process.argv;
const stage = await openDispatcherStage();
for (const [name, { script, input, play, runs = [name] }] of Object.entries(scenes)) {
  if (!name.startsWith(only)) continue;
  const dispatcher = await stage.start(script, input);
  await play?.(dispatcher);
  await dispatcher.result();
  const histories = await dispatcher.histories();
  if (histories.length !== runs.length) throw new Error(`${name} took ${histories.length} runs`);
  for (const [run, history] of histories.entries()) await keepHistory(`campaign-${runs[run]}`, history);
  console.log(`${name}: ${histories.map(({ events }) => events?.length).join(', ')} events`);
}
await stage.close();
