import {
  createRoundsOfTheLeader,
  type RoundsOfTheLeader,
  type RoundsOptions,
} from './rounds-of-the-leader.ts';
import { sweepRuns, type SweepDependencies } from './sweep.ts';

export interface SweeperDependencies
  extends Omit<SweepDependencies, 'signal'>, Pick<RoundsOptions, 'leads' | 'lookMs'> {
  readonly log?: { warn(details: object, message: string): void };
  /** From the beginning of one sweep to that of the next, in milliseconds. Default ten minutes. */
  readonly everyMs?: number;
}

/** Sweeps in one process for all, every ten minutes. A sweep that fails is logged, and the next one begins anew. */
export function createSweeper(dependencies: SweeperDependencies): RoundsOfTheLeader {
  const { log, everyMs = 600_000 } = dependencies;

  async function sweepOnce(signal: AbortSignal): Promise<void> {
    try {
      for await (const mended of sweepRuns({ ...dependencies, signal })) {
        log?.warn(mended, 'mended an enrolment');
      }
    } catch (error) {
      log?.warn({ err: error }, 'the sweep could not be finished; the next one begins anew');
    }
  }

  return createRoundsOfTheLeader({ ...dependencies, everyMs, work: sweepOnce });
}
