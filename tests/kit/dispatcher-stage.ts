import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type {
  CampaignStep,
  CampaignWork,
  ChunkInput,
  ChunkResult,
} from '../../activities/campaigns/campaign-step.ts';
import { createCampaignActivities } from '../../activities/campaigns/create-campaign-activities.ts';
import { campaignChangedSignal, campaignWorkflowType, type CampaignRunInput } from '../../domain/campaign.ts';
import { bundleJourneys } from '../../workflows/bundle.ts';
import { temporalServer } from './temporal-server.ts';

/** What the world outside does for one dispatcher. */
export interface DispatcherScript {
  /** What it has to do, one after the other; then it has come to its end. */
  readonly steps: readonly CampaignStep[];
  /** What becomes of each chunk. Default: somebody was dealt with, and it was the last one of its lane. */
  readonly sendChunk?: (chunk: ChunkInput) => ChunkResult;
}

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;

export interface StagedDispatcher {
  /** What it has asked for so far, in order. */
  readonly asked: readonly (keyof CampaignWork)[];
  /** Tells it that its campaign was paused, resumed or cancelled. */
  stir(): Promise<void>;
  /** The occurrence, when it has come to its end. */
  result(): Promise<string>;
  /** Of the run that began, and of those that took over from it. */
  histories(): Promise<History[]>;
  terminate(): Promise<void>;
}

// What a worker says while it works is of no interest in a test; what goes wrong is.
Runtime.install({ logger: new DefaultLogger('ERROR') });

const occurrence = '0192f1f0-0000-7000-8000-000000000021';

/** Dispatchers of campaigns on a real Temporal server and in real time; what they ask for is played by the test. */
export async function openDispatcherStage() {
  const server = await temporalServer();
  const { address, namespace } = server;
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace });
  const taskQueue = `dispatchers-${randomUUID()}`;
  const works = new Map<string, CampaignWork>();
  const workOf = (run: string): CampaignWork => {
    const found = works.get(run);
    if (found === undefined) throw new Error(`nobody plays for ${run}`);
    return found;
  };
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue,
    workflowBundle: await bundleJourneys(),
    activities: createCampaignActivities({
      open: (input) => workOf(input.run).open(input),
      plan: (input) => workOf(input.run).plan(input),
      take: (input, progress) => workOf(input.run).take(input, progress),
      sendChunk: (input) => workOf(input.run).sendChunk(input),
      close: (input) => workOf(input.run).close(input),
    }),
  });
  const running = worker.run();

  return {
    async start(
      script: DispatcherScript,
      input: Omit<CampaignRunInput, 'campaign'> = {},
    ): Promise<StagedDispatcher> {
      const workflowId = `campaign/${randomUUID()}`;
      const asked: (keyof CampaignWork)[] = [];
      works.set(workflowId, workBy(script, asked));
      const args: [CampaignRunInput] = [{ campaign: 'spring', ...input }];
      const started = await client.workflow.start(campaignWorkflowType, { workflowId, taskQueue, args });
      const handle = client.workflow.getHandle(workflowId);
      return {
        asked,
        stir: () => handle.signal(campaignChangedSignal),
        result: () => handle.result() as Promise<string>,
        histories: () => historiesFrom(client, workflowId, started.firstExecutionRunId),
        terminate: async () => void (await handle.terminate('the test is over')),
      };
    },
    async close() {
      worker.shutdown();
      await running;
      await Promise.all([connection.close(), native.close()]);
      await server.stop();
    },
  };
}

function workBy(
  { steps, sendChunk = onlyOne }: DispatcherScript,
  asked: (keyof CampaignWork)[],
): CampaignWork {
  const left = [...steps];
  return {
    async open() {
      asked.push('open');
      return occurrence;
    },
    async plan() {
      asked.push('plan');
      return left.shift() ?? { do: 'end' };
    },
    async take() {
      asked.push('take');
      return 1;
    },
    async sendChunk(chunk) {
      asked.push('sendChunk');
      return sendChunk(chunk);
    },
    async close() {
      asked.push('close');
    },
  };
}

const onlyOne = (): ChunkResult => ({ handled: 1, troubled: false });

async function historiesFrom(client: Client, workflowId: string, first: string): Promise<History[]> {
  const histories: History[] = [];
  for (let runId: string | null | undefined = first; runId;) {
    const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    runId = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return histories;
}
