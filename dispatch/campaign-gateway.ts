import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type ScheduleHandle,
  type ScheduleOptions,
} from '@temporalio/client';
import {
  campaignChangedSignal,
  campaignOfScheduleId,
  campaignRunIdOf,
  campaignScheduleIdOf,
  campaignsTaskQueue,
  campaignWorkflowType,
  type CampaignRunInput,
} from '../domain/campaign.ts';
import type { Instant } from '../domain/instant.ts';

/** How campaigns are brought to the engine. */
export interface CampaignGateway {
  /** Starts the dispatcher of an occurrence. `running`: somebody has, and it lives; `finished`: it has come to its end. */
  start(
    input: CampaignRunInput & { readonly scheduledAt: Instant },
  ): Promise<'started' | 'running' | 'finished'>;
  /** Tells a dispatcher that its campaign was paused, resumed or cancelled. False when there is none. */
  stir(campaign: string, scheduledAt: Instant): Promise<boolean>;
  /**
   * Makes the campaign's Schedule open at these instants and no others. Doing it again changes nothing; without an instant
   * there is no Schedule.
   */
  schedule(campaign: string, opensAt: readonly Instant[]): Promise<'created' | 'updated' | 'none'>;
  /**
   * Removes the Schedules of all other campaigns, which nobody defines any more, and tells which they were. A Schedule that
   * was not made here, whatever its id, stays: it starts something else, or for other workers.
   */
  unscheduleAllBut(campaigns: readonly string[]): Promise<readonly string[]>;
}

export interface CampaignGatewayOptions {
  readonly client: Client;
  readonly taskQueue?: string;
}

/** A dispatcher that the engine could not start for so long is not started any more: most of its messages are too late. */
const catchUpWindow = '1 hour';

export function createCampaignGateway({
  client,
  taskQueue = campaignsTaskQueue,
}: CampaignGatewayOptions): CampaignGateway {
  return {
    async start(input) {
      const workflowId = campaignRunIdOf(input.campaign, input.scheduledAt);
      try {
        await client.workflow.start(campaignWorkflowType, {
          workflowId,
          taskQueue,
          args: [input],
          // One that was terminated may be begun again: the ledger knows what was sent.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
          workflowIdConflictPolicy: 'FAIL',
        });
        return 'started';
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        const { status } = await client.workflow.getHandle(workflowId).describe();
        return status.name === 'RUNNING' ? 'running' : 'finished';
      }
    },

    async stir(campaign, scheduledAt) {
      try {
        await client.workflow.getHandle(campaignRunIdOf(campaign, scheduledAt)).signal(campaignChangedSignal);
        return true;
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return false;
        throw error;
      }
    },

    async schedule(campaign, opensAt) {
      const handle = client.schedule.getHandle(campaignScheduleIdOf(campaign));
      if (opensAt.length === 0) {
        await handle.delete().catch(ignoreMissing);
        return 'none';
      }
      const wanted = scheduleOf(campaign, opensAt, taskQueue);
      try {
        await client.schedule.create(wanted);
        return 'created';
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        await handle.update(({ state }) => ({ ...wanted, state }));
        return 'updated';
      }
    },

    async unscheduleAllBut(campaigns) {
      const removed: string[] = [];
      for await (const { scheduleId } of client.schedule.list()) {
        const campaign = campaignOfScheduleId(scheduleId);
        if (campaign === undefined || campaigns.includes(campaign)) continue;
        const handle = client.schedule.getHandle(scheduleId);
        if (!(await isOurs(handle, taskQueue))) continue;
        await handle.delete().catch(ignoreMissing);
        removed.push(campaign);
      }
      return removed.sort();
    },
  };
}

/** It starts what `schedule` would have it start, on the same queue. Another process may have removed it meanwhile. */
async function isOurs(handle: ScheduleHandle, taskQueue: string): Promise<boolean> {
  try {
    const { action } = await handle.describe();
    return action.workflowType === campaignWorkflowType && action.taskQueue === taskQueue;
  } catch (error) {
    ignoreMissing(error);
    return false;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}

function scheduleOf(
  campaign: string,
  opensAt: readonly Instant[],
  taskQueue: string,
): ScheduleOptions & { action: { type: 'startWorkflow' } } {
  const input: CampaignRunInput = { campaign };
  return {
    scheduleId: campaignScheduleIdOf(campaign),
    spec: { calendars: opensAt.map(calendarOf) },
    action: {
      type: 'startWorkflow',
      workflowType: campaignWorkflowType,
      // The engine adds the scheduled instant, which makes it `campaignRunIdOf`.
      workflowId: campaignScheduleIdOf(campaign),
      taskQueue,
      args: [input],
    },
    policies: { catchupWindow: catchUpWindow, overlap: ScheduleOverlapPolicy.SKIP },
  };
}

const months = [
  'JANUARY',
  'FEBRUARY',
  'MARCH',
  'APRIL',
  'MAY',
  'JUNE',
  'JULY',
  'AUGUST',
  'SEPTEMBER',
  'OCTOBER',
  'NOVEMBER',
  'DECEMBER',
] as const;

/** One instant, to the second, in UTC. */
function calendarOf(instant: Instant) {
  const at = new Date(instant);
  return {
    year: at.getUTCFullYear(),
    month: months[at.getUTCMonth()] ?? 'JANUARY',
    dayOfMonth: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  };
}
