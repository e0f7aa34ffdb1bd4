import { isGrpcServiceError, type Client } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { Instant } from '../domain/instant.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { milliseconds, readStanding, type HistoryEvent, type Standing } from './standing.ts';

/** A run whose clock the world moves. Instants are engine time. */
export interface VirtualRun {
  readonly runId: string;
  /** What is known of it without asking; a run changes only when it is started, stepped or told something. */
  readonly standing: Standing;
  /** Looks at it anew, and waits until it has nothing to do but wait. */
  settle(): Promise<void>;
  /** Jumps to its next due instant, and waits until it has done what it does there. */
  step(): Promise<void>;
  /** Moves its clock forward to an instant before anything is due, so that it hears of something at the right time. */
  sync(now: Instant): Promise<void>;
  /**
   * Tells it something at an instant before which nothing is due, and waits until it has done what it does about it.
   *
   * @param tell sends the signal; its answer is given back
   */
  hear<Answer extends string>(
    now: Instant,
    tell: () => Promise<Answer | 'finished'>,
  ): Promise<Answer | 'finished'>;
}

export interface VirtualRunOptions {
  readonly client: Client;
  readonly runId: string;
  /** Longest real time that one move may take, in milliseconds. Default one minute. */
  readonly patienceMs?: number;
}

/** A run that fires this soon is waited for; by the time a jump arrived it would have fired by itself. */
const tooSoonToJump = 250;
/** How long to listen before asking whether an activity is in a back-off, which no history tells. */
const listenMs = 250;
/** The server gives up a long poll this long before its deadline, so that its empty answer still arrives. */
const answerMs = 1000;

/**
 * Moves one run through virtual time with the server's own time skipping (server 1.32).
 *
 * One jump leads to the next due instant and switches skipping off again in the same breath. A jump that does not happen
 * would leave it on and the run would race ahead alone, so exactly one is asserted. "Completed" of a fast-forward is not
 * taken for rest: only the history says whether a run still has something to do. It is followed by a long poll, so that a
 * move costs little more than what the run itself does.
 */
export function createVirtualRun({ client, runId, patienceMs = 60_000 }: VirtualRunOptions): VirtualRun {
  const { namespace } = client.options;
  const events: HistoryEvent[] = [];
  let standing = readStanding(events);
  let followUp: Uint8Array | undefined;
  let fastForwards = 0;

  const ownNow = () => Date.now() + standing.offset;
  const isOver = () => standing.closed !== undefined;

  function goesOnByItself(): boolean {
    return standing.firesAt !== undefined && standing.firesAt - ownNow() < tooSoonToJump;
  }

  const isBusy = () =>
    !isOver() && (standing.thinking || standing.openActivities.length > 0 || goesOnByItself());

  /** Reads what is new in the history; waits for it a moment. @returns false when nothing came */
  async function listen(): Promise<boolean> {
    try {
      const news = await client.withDeadline(Date.now() + listenMs + answerMs, () =>
        client.workflowService.getWorkflowExecutionHistory({
          namespace,
          execution: { workflowId: runId },
          waitNewEvent: true,
          ...(followUp && { nextPageToken: followUp }),
        }),
      );
      const fresh = news.history?.events ?? [];
      events.push(...fresh);
      if (news.nextPageToken.length > 0) followUp = news.nextPageToken;
      if (fresh.length > 0) standing = readStanding(events);
      return fresh.length > 0;
    } catch (error) {
      if (hasCode(error, deadlineExceeded) || hasCode(error, cancelled)) return false;
      throw error;
    }
  }

  /** Without a place to follow up from, the history is read from its beginning, and at once. */
  async function lookAnew(): Promise<void> {
    events.length = 0;
    followUp = undefined;
    await listen();
  }

  /** Waits until something has happened and the run has nothing left to do but wait. */
  async function restAfter(happened: () => boolean): Promise<void> {
    const end = Date.now() + patienceMs;
    while (!isOver() && (!happened() || isBusy())) {
      if (standing.trouble !== undefined) throw stuck(standing.trouble);
      if (Date.now() > end) throw stuck(describe(standing));
      if (!(await listen())) await noticeBackOff();
    }
  }

  async function noticeBackOff(): Promise<void> {
    if (isOver() || standing.openActivities.length === 0) return;
    const next = await nextAttempt();
    if (next !== undefined) {
      standing = { ...standing, ...earlier(standing, next), openActivities: [], backingOff: true };
    }
  }

  /** When an activity that waits out a back-off is tried again; undefined while one is under way. */
  async function nextAttempt(): Promise<Instant | undefined> {
    const { raw } = await client.workflow.getHandle(runId).describe();
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

  async function step(): Promise<void> {
    const before = standing.jumps;
    const { backingOff } = standing;
    if (goesOnByItself()) return restAfter(() => true);
    if (!(await configure({ enabled: true, maxSessionSkipCount: 1 }))) return restAfter(isOver);
    // After a back-off the activity is under way again, which the history does not tell either.
    if (backingOff) standing = readStanding(events);
    try {
      await restAfter(() => standing.jumps > before);
    } catch (error) {
      await configure({ enabled: false });
      throw error;
    }
    if (standing.jumps > before + 1)
      throw stuck(`it jumped ${standing.jumps - before} times instead of once`);
  }

  async function hear<Answer extends string>(
    now: Instant,
    tell: () => Promise<Answer | 'finished'>,
  ): Promise<Answer | 'finished'> {
    await sync(now);
    const before = standing.signals;
    const answer = await tell();
    if (answer !== 'finished') await restAfter(() => standing.signals > before);
    return answer;
  }

  async function sync(now: Instant): Promise<void> {
    // The server would take a fast-forward during a back-off for its end, and try again at once.
    if (isOver() || standing.backingOff) return;
    const behind = now - ownNow();
    if (behind <= 0) return;
    const before = standing.jumps;
    fastForwards += 1;
    const id = `sync-${fastForwards}`;
    if (!(await configure({ enabled: true, fastForwardConfig: { id, duration: msToTs(behind) } }))) return;
    await restAfter(() => standing.jumps > before);
  }

  function stuck(why: string): PerennialError {
    return new PerennialError(
      'world-stuck',
      `The run ${runId} did not come to rest: ${why}. Look for a mistake in its story, or for a worker that does not know it.`,
    );
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
    async settle() {
      await lookAnew();
      await restAfter(() => events.length > 0);
    },
    step,
    sync,
    hear,
  };
}

// Of gRPC.
const cancelled = 1;
const deadlineExceeded = 4;
const notFound = 5;

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
  return 'it does not do what is due';
}
