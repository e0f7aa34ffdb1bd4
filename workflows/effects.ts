import {
  ActivityCancellationType,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { AnswerInput } from '../activities/answer.ts';
import type { Activities } from '../activities/create-activities.ts';
import type { DeliverInput } from '../activities/deliver.ts';
import type { ExitRecord } from '../activities/record-exit.ts';
import type { SendOutcome } from '../domain/delivery.ts';

/**
 * What a run can do. Every line here is a command in the histories of all runs: a change that makes other commands
 * strands runs in flight, so it goes behind `patched('runtime-<n>')`, and the recorded histories must still replay.
 */

const retry = { initialInterval: 2000, backoffCoefficient: 2, maximumInterval: 300_000 };

/**
 * Until it succeeds: how long a message stays useful is the gates' matter. An end that comes while a provider is being
 * called waits for the answer, so that the record says what really happened; one in a back-off ends at once.
 */
const regular = proxyActivities<Activities>({
  startToCloseTimeout: 30_000,
  retry,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** Inside the workflow task, so it costs no state transition; short, because it holds one of the worker's few slots. */
const local = proxyLocalActivities<Activities>({
  startToCloseTimeout: 2000,
  scheduleToCloseTimeout: 4000,
  retry: { initialInterval: 200, maximumAttempts: 2 },
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

/** Delivers a list, each outcome in its place. `summary` is what operators see in Temporal's own page. */
export function deliver(input: DeliverInput, summary: string): Promise<readonly SendOutcome[]> {
  return regular.deliver.executeWithOptions({ summary }, [input]);
}

export function answer(input: AnswerInput): ReturnType<Activities['answer']> {
  return locally(
    () => local.answer(input),
    () => regular.answer(input),
  );
}

export function recordExit(exit: ExitRecord): Promise<void> {
  return locally(
    () => local.recordExit(exit),
    () => regular.recordExit(exit),
  );
}

/** First inside the workflow task; if the database is slow or gone, as a regular activity that waits until it is back. */
async function locally<Result>(
  inside: () => Promise<Result>,
  outside: () => Promise<Result>,
): Promise<Result> {
  try {
    return await inside();
  } catch (error) {
    if (isCancellation(error)) throw error;
    return outside();
  }
}
