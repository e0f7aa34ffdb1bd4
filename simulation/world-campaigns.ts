import { randomUUID } from 'node:crypto';
import type { CampaignWork } from '../activities/campaigns/campaign-step.ts';
import {
  campaignChangedSignal,
  campaignRunIdOf,
  campaignWorkflowType,
  type CampaignDefinition,
  type CampaignRunInput,
} from '../domain/campaign.ts';
import { findCampaign } from '../domain/campaign-sends.ts';
import { nextOccasion } from '../domain/calendar/occasions.ts';
import type { Clock } from '../domain/instant.ts';
import { firstDue, terminateOpen, type KnownRun, type NextStep } from './known-runs.ts';
import type { Stage } from './stage.ts';
import { createVirtualRun } from './virtual-run.ts';

/** The campaigns of a world. */
export interface WorldCampaigns {
  /**
   * Has a campaign's next occasion begin when it opens, as its Schedule would (the server cannot simulate Schedules), or
   * now if it should have opened already.
   *
   * @throws PerennialError `campaign-unknown`, `campaign-not-due`
   */
  launch(campaign: string): Promise<void>;
  /** Tells its dispatcher that it was paused, resumed or cancelled. */
  stir(campaign: string): Promise<void>;
  next(): NextStep | undefined;
  abandon(): Promise<void>;
}

export interface WorldCampaignsOptions {
  readonly stage: Pick<Stage, 'client' | 'hands'>;
  readonly campaigns: readonly CampaignDefinition[];
  /** Scenario time. */
  readonly clock: Clock;
  /** Scenario time minus engine time in milliseconds. */
  readonly clockOffset: number;
  readonly work: CampaignWork;
}

interface KnownDispatcher extends KnownRun {
  readonly campaign: string;
}

/** Dispatchers on the world's timeline: real ones, whose clocks the world moves. */
export function createWorldCampaigns(options: WorldCampaignsOptions): WorldCampaigns {
  const { stage, campaigns, clock, clockOffset, work } = options;
  const { client, hands } = stage;
  const known: KnownDispatcher[] = [];

  return {
    async launch(campaign) {
      const { opensAt } = nextOccasion(findCampaign(campaigns, campaign), clock.now());
      const startAt = Math.max(opensAt, clock.now());
      // Other worlds on this server play the same campaigns.
      const runId = `${campaignRunIdOf(campaign, opensAt)}/${randomUUID()}`;
      const input: CampaignRunInput = { campaign, scheduledAt: opensAt, clockOffset };
      hands.enlistCampaign(runId, work);
      await client.workflow.start(campaignWorkflowType, {
        workflowId: runId,
        taskQueue: hands.taskQueue,
        args: [input],
        startDelay: Math.max(1, startAt - clockOffset - Date.now()),
      });
      const run = createVirtualRun({ client, runId });
      known.push({ campaign, run, startAt });
      await run.settle();
      if (startAt <= clock.now()) await run.step();
    },

    async stir(campaign) {
      for (const { run, campaign: name } of known) {
        if (name !== campaign || run.standing.closed !== undefined) continue;
        await run.hear(clock.now() - clockOffset, async () => {
          await client.workflow.getHandle(run.runId).signal(campaignChangedSignal);
          return 'told';
        });
      }
    },

    next: () => firstDue(known, clockOffset),

    async abandon() {
      await terminateOpen(client, known);
      for (const { run } of known) hands.dismiss(run.runId);
    },
  };
}
