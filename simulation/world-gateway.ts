import type { ActivityDeps } from '../activities/create-activities.ts';
import type { Run, RunGateway } from '../dispatch/run-gateway.ts';
import { createTemporalGateway } from '../dispatch/temporal-gateway.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import { firstDue, terminateOpen, type KnownRun, type NextStep } from './known-runs.ts';
import type { Stage } from './stage.ts';
import { createVirtualRun } from './virtual-run.ts';

/** The runs of a world, with what the world knows of each. */
export interface WorldRuns extends RunGateway {
  /** The run that is due first, with its instant in scenario time. Of two that are due together, the older. */
  next(): NextStep | undefined;
  /** Ends what is still running, without a trace in the database. */
  abandon(): Promise<void>;
}

export interface WorldRunsOptions {
  readonly stage: Pick<Stage, 'client' | 'hands'>;
  /** Scenario time. */
  readonly clock: Clock;
  /** Scenario time minus engine time in milliseconds. */
  readonly clockOffset: number;
  /** What its runs do to the world outside. */
  readonly effects: ActivityDeps;
}

interface KnownStory extends KnownRun {
  readonly enrolment: string;
}

/**
 * Starts and tells runs like the production gateway, and moves their clocks to the world's before they hear anything.
 * A call comes back when the run has nothing left to do, so what happens next happens after it.
 */
export function createWorldRuns({ stage, clock, clockOffset, effects }: WorldRunsOptions): WorldRuns {
  const { client, hands } = stage;
  const known = new Map<string, KnownStory>();
  const engineClock: Clock = { now: Date.now };
  const gateway = createTemporalGateway({ client, taskQueue: hands.taskQueue, clock: engineClock });

  /** The run as the engine sees it: what is still to come lies ahead of the engine's clock too, what is past does not. */
  const inEngineTime = (run: Run, startAt: Instant): Run => ({
    ...run,
    input: { ...run.input, clockOffset },
    startAt: startAt - clockOffset,
  });

  function find({ runId, startAt, input }: Run): KnownStory {
    const found = known.get(runId) ?? {
      enrolment: input.enrolment,
      run: createVirtualRun({ client, runId }),
      startAt: Math.max(startAt, clock.now()),
    };
    known.set(runId, found);
    return found;
  }

  return {
    async start(run) {
      hands.enlist(run.input.enrolment, effects);
      const { run: virtual, startAt } = find(run);
      const answer = await gateway.start(inEngineTime(run, startAt));
      await virtual.settle();
      if (startAt <= clock.now()) await virtual.step();
      return answer;
    },

    async tell(run, happening) {
      const { run: virtual, startAt } = find(run);
      const told = inEngineTime(run, virtual.standing.starting ? startAt : 0);
      return virtual.hear(clock.now() - clockOffset, () => gateway.tell(told, happening));
    },

    next: () => firstDue(known.values(), clockOffset),

    async abandon() {
      await terminateOpen(client, known.values());
      for (const { enrolment } of known.values()) hands.dismiss(enrolment);
    },
  };
}
