import { setTimeout as pause } from 'node:timers/promises';
import { isGrpcServiceError, type Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { Instant } from '../domain/instant.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { milliseconds, readStanding, type Standing } from './standing.ts';

/** A run whose clock the world moves. Instants are engine time. */
export interface VirtualRun {
  readonly runId: string;
  /** What is known of it without asking; a run changes only when it is stepped or told something. */
  readonly standing: Standing;
  /** True when its own clock has reached its next instant, so that it goes on without being stepped. */
  goesOnByItself(): boolean;
  /** Waits until it has nothing to do but wait. */
  settle(): Promise<Standing>;
  /** Jumps to its next due instant and lets it do what it does there. */
  step(): Promise<Standing>;
  /** Moves its clock forward to an instant before anything is due, so that it hears of something at the right time. */
  sync(now: Instant): Promise<void>;
}

export interface VirtualRunOptions {
  readonly client: Client;
  readonly runId: string;
  /** Longest real time that one step may take, in milliseconds. Default one minute. */
  readonly patienceMs?: number;
}

/** A run that fires this soon is waited for; by the time a jump arrived it would have fired by itself. */
const tooSoonToJump = 250;

/**
 * Moves one run through virtual time with the server's own time skipping (server 1.32).
 *
 * One jump leads to the next due instant and switches skipping off again in the same breath. A jump that does not happen
 * would leave it on and the run would race ahead alone, so exactly one is asserted. "Completed" of a fast-forward is not
 * taken for rest: only the history says whether a run still has something to do.
 */
export function createVirtualRun({ client, runId, patienceMs = 60_000 }: VirtualRunOptions): VirtualRun {
  const handle = client.workflow.getHandle(runId);
  const { namespace } = client.options;
  let standing = readStanding([]);
  let fastForwards = 0;

  const ownNow = () => Date.now() + standing.offset;

  async function look(): Promise<Standing> {
    const { events } = await handle.fetchHistory();
    standing = readStanding(events ?? []);
    if (standing.closed === undefined && standing.openActivities.length > 0) {
      const next = await nextAttempt();
      if (next !== undefined) {
        standing = { ...standing, ...earlier(standing, next), openActivities: [], backingOff: true };
      }
    }
    return standing;
  }

  /** When an activity that waits out a back-off is tried again; undefined while one is under way. */
  async function nextAttempt(): Promise<Instant | undefined> {
    const { raw } = await handle.describe();
    const pending = raw.pendingActivities ?? [];
    const instants = pending.map((activity) =>
      activity.nextAttemptScheduleTime && (activity.attempt ?? 1) > 1
        ? milliseconds(activity.nextAttemptScheduleTime)
        : 0,
    );
    return instants.length > 0 && instants.every((instant) => instant > ownNow())
      ? Math.min(...instants)
      : undefined;
  }

  const isBusy = () =>
    standing.closed === undefined &&
    (standing.thinking || standing.openActivities.length > 0 || goesOnByItself());

  function goesOnByItself(): boolean {
    return standing.firesAt !== undefined && standing.firesAt - ownNow() < tooSoonToJump;
  }

  async function settle(): Promise<Standing> {
    const end = Date.now() + patienceMs;
    let wait = 3;
    for (await look(); isBusy(); await look()) {
      if (standing.trouble !== undefined) throw stuck(standing.trouble);
      if (Date.now() > end) throw stuck(describe(standing));
      await pause(wait);
      wait = Math.min(25, wait * 1.3);
    }
    return standing;
  }

  function stuck(why: string): PerennialError {
    return new PerennialError(
      'world-stuck',
      `The run ${runId} did not come to rest: ${why}. Look for a mistake in its story, or for a worker that does not know it.`,
    );
  }

  async function step(): Promise<Standing> {
    if (goesOnByItself()) return settle();
    const before = standing.jumps;
    const known = await configure({ enabled: true, maxSessionSkipCount: 1 });
    await settle();
    if (known && standing.closed === undefined && standing.jumps !== before + 1) {
      await configure({ enabled: false });
      throw stuck(`it jumped ${standing.jumps - before} times instead of once`);
    }
    return standing;
  }

  async function sync(now: Instant): Promise<void> {
    // The server would take a fast-forward during a back-off for its end, and try again at once.
    if (standing.closed !== undefined || standing.backingOff) return;
    const behind = now - ownNow();
    if (behind <= 0) return;
    fastForwards += 1;
    const id = `sync-${fastForwards}`;
    const duration = msToTs(behind);
    if (!(await configure({ enabled: true, fastForwardConfig: { id, duration } }))) return;
    const end = Date.now() + patienceMs;
    while (!(await isForwarded(id))) if (Date.now() > end) throw stuck('its clock could not be moved');
    await look();
  }

  async function isForwarded(fastForwardId: string): Promise<boolean> {
    const { fastForwardPollingResult } = await client.workflowService.pollWorkflowExecutionTimeSkipping({
      namespace,
      workflowExecution: { workflowId: runId },
      fastForwardId,
    });
    const result: number = fastForwardPollingResult;
    return result !== notYet;
  }

  /** @returns false when the run is over. */
  async function configure(timeSkippingConfig: TimeSkipping): Promise<boolean> {
    try {
      await client.workflowService.updateWorkflowExecutionOptions({
        namespace,
        workflowExecution: { workflowId: runId },
        workflowExecutionOptions: { timeSkippingConfig },
        updateMask: { paths: ['time_skipping_config'] },
      });
      return true;
    } catch (error) {
      if (hasCode(error, notFound)) return false;
      throw error;
    }
  }

  return {
    runId,
    get standing() {
      return standing;
    },
    goesOnByItself,
    settle,
    step,
    sync,
  };
}

/** Of gRPC. */
const notFound = 5;
/** Of `FastForwardPollingResult`; any other answer is an end, also "the run was over first". */
const notYet = 1;

function hasCode(error: unknown, wanted: number): boolean {
  const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
  return code === wanted;
}

interface TimeSkipping {
  readonly enabled: boolean;
  readonly maxSessionSkipCount?: number;
  readonly fastForwardConfig?: { readonly id: string; readonly duration: ReturnType<typeof msToTs> };
}

function earlier(standing: Standing, instant: Instant): Pick<Standing, 'due' | 'firesAt'> {
  if (standing.firesAt !== undefined && standing.firesAt <= instant) return standing;
  return { due: instant, firesAt: instant };
}

function describe(standing: Standing): string {
  if (standing.thinking) return 'a workflow task stays open';
  if (standing.openActivities.length > 0) return 'an activity does not come back';
  return 'its timer does not fire';
}
