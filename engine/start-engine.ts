import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { engineSurroundings, type EngineSurroundings } from '../config/engine-folders.ts';
import { makeFolder } from '../config/make-folder.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { diskFullError, saysDiskFull } from './disk-full.ts';
import { startPostgresPart, startTemporalPart, type RunningPart } from './engine-parts.ts';
import {
  engineLockFile,
  readEngineState,
  removeEngineState,
  temporalAddress as addressOf,
  temporalUiUrl,
  writeEngineState,
  type EngineState,
} from './engine-state.ts';
import { tryLock, type Lock, type LockHolder } from './lock-file.ts';
import { isAlive } from './process-identity.ts';
import { supervise, type EngineEvent } from './supervisor.ts';

export interface StartEngineOptions {
  /** Absolute path of the repository's root. */
  readonly checkout: string;
  /** Holds the data, the logs and what is known of the running engine; made when missing. */
  readonly dataFolder: string;
  /** When given, no PostgreSQL of ours is started. */
  readonly databaseUrl?: string;
  /** When given, no Temporal of ours is started. It is handed on and not tried. */
  readonly temporalAddress?: string;
  /** Default `perennial`; on our own server it is registered, with seven days of retention. */
  readonly namespace?: string;
  /** Default 7233, 8233 and, for PostgreSQL, a free port that is remembered. */
  readonly ports?: { readonly temporal?: number; readonly ui?: number; readonly postgres?: number };
  /** Default true: a part that dies is started again, on the same port with the same data. */
  readonly supervise?: boolean;
  /** Gets sentences for a person who waits. */
  readonly onProgress?: (line: string) => void;
  readonly onEvent?: (event: EngineEvent) => void;
  readonly surroundings?: EngineSurroundings;
}

export interface Engine {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly namespace: string;
  readonly uiUrl?: string;
  /** True when another living Perennial runs the engine: `stop` then only lets go of it. */
  readonly attached: boolean;
  /** The living Perennial that runs the engine, when it is not this one. */
  readonly owner?: number;
  /** Of the moment: a part that was started again has another. */
  readonly pids: { readonly temporal?: number; readonly postgres?: number };
  /** Ends what this call started, or took over from a Perennial that was killed. May be called again. */
  stop(): Promise<void>;
  /** Lets the engine run on by itself, without supervision. */
  detach(): Promise<void>;
}

export type { EngineEvent } from './supervisor.ts';

type WithDefaults = StartEngineOptions &
  Required<Pick<StartEngineOptions, 'namespace' | 'onProgress' | 'onEvent' | 'surroundings'>>;

const defaultNamespace = 'perennial';

/**
 * Answers with a running Temporal server and PostgreSQL: those that are named, else those of this
 * data folder. When another Perennial of this checkout runs them, they are shared; when one was
 * killed and left them running, they are taken over; else they are started.
 *
 * @throws PerennialError with an `engine-…` code and what to do; nothing is left running. Those with
 *   `retryable` may go away by themselves.
 */
export async function startEngine(options: StartEngineOptions): Promise<Engine> {
  const settled: WithDefaults = {
    ...options,
    dataFolder: resolve(options.dataFolder),
    namespace: options.namespace ?? defaultNamespace,
    onProgress: options.onProgress ?? (() => {}),
    onEvent: options.onEvent ?? (() => {}),
    surroundings: options.surroundings ?? engineSurroundings(),
  };
  const { databaseUrl, temporalAddress, namespace } = settled;
  if (databaseUrl !== undefined && temporalAddress !== undefined) {
    return elsewhere({ databaseUrl, temporalAddress, namespace });
  }
  makeDataFolder(settled.dataFolder);
  const answer = await lockOrAttach(settled);
  return 'engine' in answer ? answer.engine : runEngine(settled, answer.lock);
}

function elsewhere(places: { databaseUrl: string; temporalAddress: string; namespace: string }): Engine {
  const nothingToDo = async () => {};
  return { ...places, attached: true, pids: {}, stop: nothingToDo, detach: nothingToDo };
}

async function lockOrAttach(options: WithDefaults): Promise<{ lock: Lock } | { engine: Engine }> {
  let hasSaidSo = false;
  for (;;) {
    const answer = tryLock(engineLockFile(options.dataFolder), options.checkout);
    if ('lock' in answer) return answer;
    if (answer.heldBy !== undefined) {
      const engine = attach(options, answer.heldBy);
      if (engine !== undefined) return { engine };
      if (!hasSaidSo) {
        hasSaidSo = true;
        options.onProgress(
          `Another Perennial (process ${answer.heldBy.pid}) is starting the engine; waiting for it.`,
        );
      }
    }
    await pause(100);
  }
}

/** Undefined while the other one is not ready. */
function attach(options: WithDefaults, holder: LockHolder): Engine | undefined {
  if (holder.checkout !== options.checkout)
    throw inUse(options.dataFolder, holder, 'belongs to another checkout');
  const state = readEngineState(options.dataFolder);
  if (state === undefined || state.owner !== holder.pid || !state.ready) return undefined;

  const { postgres, temporal } = state;
  const databaseUrl = options.databaseUrl ?? postgres?.url;
  const temporalAddress = options.temporalAddress ?? (temporal && addressOf(temporal));
  if (databaseUrl === undefined || temporalAddress === undefined) {
    throw inUse(
      options.dataFolder,
      holder,
      'was started with other settings (DATABASE_URL or TEMPORAL_ADDRESS)',
    );
  }
  const nothingToDo = async () => {};
  return {
    databaseUrl,
    temporalAddress,
    namespace: state.namespace,
    ...(temporal === undefined ? {} : { uiUrl: temporalUiUrl(temporal) }),
    attached: true,
    owner: holder.pid,
    pids: pidsOf(state),
    stop: nothingToDo,
    detach: nothingToDo,
  };
}

async function runEngine(options: WithDefaults, lock: Lock): Promise<Engine> {
  const { dataFolder, checkout, namespace } = options;
  const before = readEngineState(dataFolder);
  const state: EngineState = {
    checkout,
    namespace,
    owner: process.pid,
    ready: false,
    background: before?.background === true && isAnyAlive(before),
    ...(before?.temporal === undefined ? {} : { temporal: before.temporal }),
    ...(before?.postgres === undefined ? {} : { postgres: before.postgres }),
  };
  const save = (changes: Partial<EngineState>) => {
    Object.assign(state, changes);
    writeEngineState(dataFolder, state);
  };
  const parts: RunningPart[] = [];
  const stopParts = async () => {
    await Promise.all(parts.map((part) => part.stop()));
    // What could not be taken over must stay findable.
    if (!isAnyAlive(state)) removeEngineState(dataFolder);
  };
  let places: { databaseUrl: string; temporalAddress: string };
  try {
    save({});
    const keep = (part: RunningPart) => {
      parts.push(part);
      return part.place;
    };
    const { databaseUrl, temporalAddress } = options;
    // Both to their end, so that a failure of one leaves no half-started other behind.
    const [database, temporal] = await Promise.allSettled([
      databaseUrl ?? startPostgresPart(options, save).then(keep),
      temporalAddress ?? startTemporalPart(options, state.temporal, save).then(keep),
    ]);
    places = { databaseUrl: valueOf(database), temporalAddress: valueOf(temporal) };
    save({ ready: true });
  } catch (error) {
    if (!state.background) await stopParts();
    lock.release();
    throw saysDiskFull([String(error)]) ? diskFullError(dataFolder, error) : error;
  }

  const supervisor = options.supervise === false ? undefined : supervise(parts, options.onEvent);
  const end = once(async () => {
    await supervisor?.stop();
    // What was told to run by itself before we came goes on doing so.
    if (!state.background) await stopParts();
    lock.release();
  });
  return {
    ...places,
    namespace,
    ...(state.temporal === undefined ? {} : { uiUrl: temporalUiUrl(state.temporal) }),
    attached: false,
    get pids() {
      return pidsOf(state);
    },
    stop: end,
    async detach() {
      save({ background: true });
      await end();
    },
  };
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

function isAnyAlive(state: EngineState): boolean {
  const { temporal, postgres } = state;
  return (temporal !== undefined && isAlive(temporal)) || (postgres !== undefined && isAlive(postgres));
}

function makeDataFolder(dataFolder: string): void {
  try {
    makeFolder(dataFolder, 0o700);
  } catch (error) {
    if (saysDiskFull([String(error)])) throw diskFullError(dataFolder, error);
    throw error;
  }
}

function inUse(dataFolder: string, holder: LockHolder, why: string): PerennialError {
  return new PerennialError(
    'engine-data-in-use',
    `The data folder ${dataFolder} is in use by a Perennial that ${why}: process ${holder.pid}, checkout ${holder.checkout}. End it, or choose another data folder with PERENNIAL_DATA.`,
    { retryable: true },
  );
}

function pidsOf({ temporal, postgres }: EngineState): Engine['pids'] {
  return {
    ...(temporal === undefined ? {} : { temporal: temporal.pid }),
    ...(postgres === undefined ? {} : { postgres: postgres.pid }),
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
