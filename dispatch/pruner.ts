import { setTimeout as sleep } from 'node:timers/promises';
import { addUp, prune, type PruneDependencies, type Pruned } from '../store/retention/prune.ts';
import {
  createRoundsOfTheLeader,
  type RoundsOfTheLeader,
  type RoundsOptions,
} from './rounds-of-the-leader.ts';

export interface PrunerDependencies extends PruneDependencies, Pick<RoundsOptions, 'leads' | 'lookMs'> {
  /** Told of each page. */
  readonly onPruned?: (page: Pruned) => void;
  readonly log?: PrunerLog;
  /** From the beginning of one pass to that of the next, in milliseconds. Default an hour. */
  readonly everyMs?: number;
  /** Between two pages, in milliseconds, so that the shop's own work goes first. Default 100. */
  readonly restMs?: number;
}

export interface PrunerLog {
  warn(details: object, message: string): void;
  info(details: object, message: string): void;
}

/**
 * Removes in one process for all what was kept for long enough (`store/retention/`). A stop breaks a pass off after its
 * page; a pass that fails is logged, and the next one begins anew.
 */
export function createPruner(dependencies: PrunerDependencies): RoundsOfTheLeader {
  const { onPruned, log, everyMs = 3_600_000, restMs = 100 } = dependencies;

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

  return createRoundsOfTheLeader({ ...dependencies, everyMs, work: passOnce });
}
