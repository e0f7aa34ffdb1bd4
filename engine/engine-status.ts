import { resolve } from 'node:path';

import { PerennialError } from '../domain/perennial-error.ts';
import {
  engineLockFile,
  readEngineState,
  removeEngineState,
  temporalAddress,
  temporalUiUrl,
} from './engine-state.ts';
import { lockHolder, tryLock } from './lock-file.ts';
import { stopPostmaster } from './postgres/postmaster.ts';
import { isAlive } from './process-identity.ts';
import { stopTemporalServer } from './temporal/temporal-server.ts';

export interface EngineStatus {
  /** True when at least one part is alive. */
  readonly running: boolean;
  /** The process that watches over it, such as `npm start`. */
  readonly owner?: { readonly pid: number };
  /** True when it was started with `perennial engine start`. */
  readonly background: boolean;
  readonly namespace?: string;
  readonly temporal?: {
    readonly pid: number;
    readonly address: string;
    readonly uiUrl: string;
    readonly alive: boolean;
  };
  /** `url` holds the password. */
  readonly postgres?: {
    readonly pid: number;
    readonly port: number;
    readonly url: string;
    readonly alive: boolean;
  };
}

/** What runs for this data folder at this moment. Never throws and starts nothing. */
export async function engineStatus(options: { dataFolder: string }): Promise<EngineStatus> {
  const dataFolder = resolve(options.dataFolder);
  const state = readEngineState(dataFolder);
  if (state === undefined) return { running: false, background: false };

  const owner = lockHolder(engineLockFile(dataFolder));
  const { temporal, postgres } = state;
  const isTemporalAlive = temporal !== undefined && isAlive(temporal);
  const isPostgresAlive = postgres !== undefined && isAlive(postgres);
  return {
    running: isTemporalAlive || isPostgresAlive,
    background: state.background,
    namespace: state.namespace,
    ...(owner === undefined ? {} : { owner: { pid: owner.pid } }),
    ...(temporal === undefined
      ? {}
      : {
          temporal: {
            pid: temporal.pid,
            address: temporalAddress(temporal),
            uiUrl: temporalUiUrl(temporal),
            alive: isTemporalAlive,
          },
        }),
    ...(postgres === undefined
      ? {}
      : { postgres: { pid: postgres.pid, port: postgres.port, url: postgres.url, alive: isPostgresAlive } }),
  };
}

/**
 * Stops what runs in the background for this data folder, or was left over by a Perennial that was
 * killed. The data stays. Safe to repeat.
 *
 * @throws PerennialError `engine-data-in-use` while a living Perennial runs it: that one would only
 *   start it again
 */
export async function stopEngine(options: {
  dataFolder: string;
  checkout: string;
}): Promise<{ stopped: ('temporal' | 'postgres')[] }> {
  const dataFolder = resolve(options.dataFolder);
  const state = readEngineState(dataFolder);
  if (state === undefined) return { stopped: [] };

  const answer = tryLock(engineLockFile(dataFolder), options.checkout);
  if (!('lock' in answer)) throw stillOwned(dataFolder, answer.heldBy?.pid);
  try {
    const { temporal, postgres } = state;
    const stopped: ('temporal' | 'postgres')[] = [];
    if (temporal !== undefined && isAlive(temporal)) {
      await stopTemporalServer(temporal);
      stopped.push('temporal');
    }
    if (postgres !== undefined && isAlive(postgres)) {
      await stopPostmaster(postgres.data);
      stopped.push('postgres');
    }
    removeEngineState(dataFolder);
    return { stopped };
  } finally {
    answer.lock.release();
  }
}

function stillOwned(dataFolder: string, pid: number | undefined): PerennialError {
  const who = pid === undefined ? 'another Perennial' : `the Perennial of process ${pid}`;
  return new PerennialError(
    'engine-data-in-use',
    `The engine of ${dataFolder} is run by ${who}, which would start it again. End that one (Ctrl-C in its terminal); it stops the engine itself.`,
    { retryable: true },
  );
}
