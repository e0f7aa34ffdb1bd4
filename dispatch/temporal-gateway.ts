import {
  isGrpcServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { Clock } from '../domain/instant.ts';
import { happenedSignal, journeysTaskQueue } from '../domain/journey.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Run, RunGateway, RunLookup } from './run-gateway.ts';

export interface TemporalGatewayDependencies {
  readonly client: Client;
  readonly clock: Clock;
  readonly taskQueue?: string;
  /** How long one call may take, in milliseconds. Default 10 seconds. */
  readonly deadlineMs?: number;
}

/**
 * Starts and tells runs on a Temporal server.
 *
 * A run is started once for good: a repeated start finds the running one, or hears that it is over. During its start
 * delay a run sleeps through plain signals; what ends it must wake it, so that is sent by signal-with-start. If there
 * should be no such run, it is started, hears at once that it is over, and records its exit.
 */
export function createTemporalGateway(dependencies: TemporalGatewayDependencies): RunGateway & RunLookup {
  const { client, clock, taskQueue = journeysTaskQueue, deadlineMs = 10_000 } = dependencies;

  async function start(run: Run): Promise<'started' | 'already-started'> {
    try {
      await client.workflow.start(run.type, { ...startOptions(run), args: [run.input] });
      return 'started';
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already-started';
      throw error;
    }
  }

  async function tell(run: Run, happening: Parameters<RunGateway['tell']>[1]): Promise<'told' | 'finished'> {
    try {
      if (happening.ends && run.startAt > clock.now()) {
        // Without the start delay: a run that has to be started for this (its start was lost with a Temporal server)
        // would otherwise sleep through its own end until the delay is over.
        await client.workflow.signalWithStart(run.type, {
          ...identityOf(run),
          args: [run.input],
          signal: happenedSignal,
          signalArgs: [happening],
        });
      } else {
        await client.workflow.getHandle(run.runId).signal(happenedSignal, happening);
      }
      return 'told';
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'finished';
      if (error instanceof WorkflowNotFoundError) return 'finished';
      throw error;
    }
  }

  async function lookUp(runId: string): Promise<'running' | 'closed' | 'unknown'> {
    try {
      const { status } = await client.workflow.getHandle(runId).describe();
      return status.name === 'RUNNING' || status.name === 'PAUSED' ? 'running' : 'closed';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'unknown';
      throw error;
    }
  }

  function identityOf(run: Run) {
    return {
      workflowId: run.runId,
      taskQueue,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'USE_EXISTING',
    } as const;
  }

  function startOptions(run: Run): Omit<WorkflowStartOptions, 'args'> & { taskQueue: string } {
    const delay = Math.max(0, run.startAt - clock.now());
    return { ...identityOf(run), ...(delay > 0 && { startDelay: delay }) };
  }

  async function inTime<T>(call: () => Promise<T>): Promise<T> {
    try {
      return await client.withDeadline(Date.now() + deadlineMs, call);
    } catch (error) {
      throw isUnreachable(error) ? unreachable(error) : error;
    }
  }

  return {
    start: (run) => inTime(() => start(run)),
    tell: (run, happening) => inTime(() => tell(run, happening)),
    lookUp: (runId) => inTime(() => lookUp(runId)),
  };
}

/** gRPC status codes that say "not now" about the server rather than "not this" about the run. */
const serverTrouble = new Set([1 /* cancelled */, 4 /* deadline */, 8 /* exhausted */, 14 /* unavailable */]);

function isUnreachable(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause) && serverTrouble.has(cause.code)) return true;
  }
  return false;
}

function unreachable(cause: unknown): PerennialError {
  return new PerennialError(
    'engine-unreachable',
    'The Temporal server did not answer in time. Nothing is lost: it is tried again until it does. See `perennial engine status`.',
    { cause, retryable: true },
  );
}
