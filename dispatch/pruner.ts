import { setTimeout as sleep } from 'node:timers/promises';
import { addUp, prune, type PruneDependencies, type Pruned } from '../store/retention/prune.ts';

export interface PrunerDependencies extends PruneDependencies {
  /** True in the one process that prunes for all; asked all the time, for the lead may pass on. */
  readonly leads: () => boolean;
  /** Told of each page. */
  readonly onPruned?: (page: Pruned) => void;
  readonly log?: PrunerLog;
  /** From the beginning of one pass to that of the next, in milliseconds. Default an hour. */
  readonly everyMs?: number;
  /** How often it is looked whether a pass is due, in milliseconds. Default 5 seconds. */
  readonly lookMs?: number;
  /** Between two pages, in milliseconds, so that the shop's own work goes first. Default 100. */
  readonly restMs?: number;
}

export interface PrunerLog {
  warn(details: object, message: string): void;
  info(details: object, message: string): void;
}

export interface Pruner {
  /** Prunes as soon as this process leads, and then again and again. Does nothing while it is already going. */
  start(): void;
  /** Breaks a pass off after its page. */
  stop(): Promise<void>;
}

/**
 * Removes in one process for all what was kept for long enough (`store/retention/`). A pass that fails is logged, and the
 * next one begins anew.
 */
export function createPruner(dependencies: PrunerDependencies): Pruner {
  const { leads, onPruned, log, everyMs = 3_600_000, lookMs = 5_000, restMs = 100 } = dependencies;
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
    running = passOnce(breakOff.signal).finally(() => {
      running = undefined;
    });
  }

  async function passOnce(signal: AbortSignal): Promise<void> {
    const pages: Pruned[] = [];
    try {
      for await (const page of prune(dependencies, { signal })) {
        pages.push(page);
        onPruned?.(page);
        await sleep(restMs, undefined, { signal }).catch(() => undefined);
      }
    } catch (error) {
      log?.warn({ err: error }, 'not everything old could be removed; the next pass begins anew');
    }
    for (const { what, count } of addUp(pages)) {
      if (count > 0) log?.info({ what, count }, 'removed what was kept for long enough');
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
