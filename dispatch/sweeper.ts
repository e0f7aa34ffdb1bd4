import { sweepRuns, type SweepDependencies } from './sweep.ts';

export interface SweeperDependencies extends Omit<SweepDependencies, 'signal'> {
  /** True in the one process that sweeps for all; asked all the time, for the lead may pass on. */
  readonly leads: () => boolean;
  readonly log?: { warn(details: object, message: string): void };
  /** From the beginning of one sweep to that of the next, in milliseconds. Default ten minutes. */
  readonly everyMs?: number;
  /** How often it is looked whether a sweep is due, in milliseconds. Default 5 seconds. */
  readonly lookMs?: number;
}

export interface Sweeper {
  /** Sweeps as soon as this process leads, and then again and again. Does nothing while it is already going. */
  start(): void;
  /** Breaks a sweep off; what it has mended stays mended. */
  stop(): Promise<void>;
}

/** Sweeps in one process for all, every ten minutes. A sweep that fails is logged, and the next one begins anew. */
export function createSweeper(dependencies: SweeperDependencies): Sweeper {
  const { leads, log, everyMs = 600_000, lookMs = 5_000 } = dependencies;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let breakOff = new AbortController();
  let lastBegan = -Infinity;

  function look(): void {
    if (!leads()) {
      breakOff.abort();
      return;
    }
    if (running !== undefined || performance.now() - lastBegan < everyMs) return;
    lastBegan = performance.now();
    breakOff = new AbortController();
    running = sweepOnce().finally(() => {
      running = undefined;
    });
  }

  async function sweepOnce(): Promise<void> {
    try {
      for await (const mended of sweepRuns({ ...dependencies, signal: breakOff.signal })) {
        log?.warn(mended, 'mended an enrolment');
      }
    } catch (error) {
      log?.warn({ err: error }, 'the sweep could not be finished; the next one begins anew');
    }
  }

  return {
    start() {
      if (timer !== undefined) return;
      timer = setInterval(look, lookMs);
      look();
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      breakOff.abort();
      await running;
    },
  };
}
