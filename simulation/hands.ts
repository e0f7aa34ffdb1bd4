import { randomUUID } from 'node:crypto';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { CampaignWork } from '../activities/campaigns/campaign-step.ts';
import { createCampaignActivities } from '../activities/campaigns/create-campaign-activities.ts';
import { createActivities, type ActivityDeps } from '../activities/create-activities.ts';
import { originOf } from '../domain/delivery.ts';
import type { JourneyBundle } from '../workflows/bundle.ts';

/** The worker of a stage: one for all its worlds, since packing up the sandbox takes longer than most stories. */
export interface Hands {
  readonly taskQueue: string;
  /** From now on, what the run of this enrolment does to the world outside is done by these. */
  enlist(enrolment: string, effects: ActivityDeps): void;
  /** The same for the dispatcher of a campaign, by its run. */
  enlistCampaign(run: string, work: CampaignWork): void;
  /** @param name enrolment or run */
  dismiss(name: string): void;
  /** The worker's process dies and another takes over. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function createHands(options: {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly bundle: JourneyBundle;
}): Promise<Hands> {
  const taskQueue = `stage-${randomUUID()}`;
  const effects = new Map<string, ActivityDeps>();
  const campaigns = new Map<string, CampaignWork>();

  function of(enrolment: string | undefined): ActivityDeps {
    const found = enrolment === undefined ? undefined : effects.get(enrolment);
    if (found === undefined) throw new Error('the world of this run is closed');
    return found;
  }

  function workOf(run: string): CampaignWork {
    const found = campaigns.get(run);
    if (found === undefined) throw new Error('the world of this campaign is closed');
    return found;
  }

  const activities = {
    ...createActivities({
      deliver: (requests) => of(requests[0] && originOf(requests[0])).deliver(requests),
      answer: (question, asking) => of(asking.enrolment).answer(question, asking),
      recordExit: (exit) => of(exit.enrolment).recordExit(exit),
    }),
    ...createCampaignActivities({
      open: (input) => workOf(input.run).open(input),
      plan: (input) => workOf(input.run).plan(input),
      take: (input, progress) => workOf(input.run).take(input, progress),
      sendChunk: (input) => workOf(input.run).sendChunk(input),
      close: (input) => workOf(input.run).close(input),
    }),
  };

  async function start() {
    const worker = await Worker.create({
      connection: options.connection,
      namespace: options.namespace,
      workflowBundle: options.bundle,
      taskQueue,
      activities,
      shutdownGraceTime: '1 second',
      maxCachedWorkflows: 100,
    });
    const running = worker.run();
    return async () => {
      worker.shutdown();
      await running;
    };
  }

  let stop = await start();
  return {
    taskQueue,
    enlist: (enrolment, own) => void effects.set(enrolment, own),
    enlistCampaign: (run, work) => void campaigns.set(run, work),
    dismiss(name) {
      effects.delete(name);
      campaigns.delete(name);
    },
    async restart() {
      await stop();
      stop = await start();
    },
    stop: () => stop(),
  };
}
