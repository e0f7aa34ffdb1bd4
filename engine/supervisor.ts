import { setTimeout as pause } from 'node:timers/promises';

import { isAlive, type ProcessIdentity } from './process-identity.ts';

export type EnginePartName = 'temporal' | 'postgres';

/** Something happened to a part of the engine while it was watched. */
export interface EngineEvent {
  readonly part: EnginePartName;
  readonly what: 'died' | 'restarted' | 'restart-failed';
  readonly at: Date;
  readonly error?: unknown;
}

/** A child that can be started again with the same data, at the same address. */
export interface SupervisedPart {
  readonly name: EnginePartName;
  readonly process: () => ProcessIdentity;
  readonly restart: () => Promise<void>;
}

export interface Supervisor {
  /** Stops watching; waits for a restart that is under way. Ends nothing. */
  stop(): Promise<void>;
}

const lookEveryMs = 100;
const waitsMs = [0, 200, 500, 1_000, 2_000, 5_000] as const;
const longestWaitMs = 5_000;
/** Who lived this long did not die of its own start. */
const healthyMs = 60_000;

/** Starts parts again that end without being asked to, with longer and longer waits while that fails. */
export function supervise(
  parts: readonly SupervisedPart[],
  onEvent: (event: EngineEvent) => void,
): Supervisor {
  const stopping = new AbortController();
  const watches = parts.map((part) => watch(part, stopping.signal, onEvent));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(watches);
    },
  };
}

async function watch(
  part: SupervisedPart,
  stopping: AbortSignal,
  onEvent: (event: EngineEvent) => void,
): Promise<void> {
  const tell = (what: EngineEvent['what'], error?: unknown) =>
    onEvent({ part: part.name, what, at: new Date(), ...(error === undefined ? {} : { error }) });

  let failures = 0;
  let startedAt = Date.now();
  for (;;) {
    await waitWhile(() => isAlive(part.process()), stopping);
    if (stopping.aborted) return;

    tell('died');
    if (Date.now() - startedAt > healthyMs) failures = 0;
    let isBack = false;
    while (!isBack) {
      await waitUnlessStopped(waitsMs[failures] ?? longestWaitMs, stopping);
      if (stopping.aborted) return;
      failures += 1;
      try {
        await part.restart();
        isBack = true;
      } catch (error) {
        tell('restart-failed', error);
      }
    }
    startedAt = Date.now();
    tell('restarted');
  }
}

async function waitWhile(holds: () => boolean, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted && holds()) await waitUnlessStopped(lookEveryMs, stopping);
}

async function waitUnlessStopped(durationMs: number, stopping: AbortSignal): Promise<void> {
  try {
    await pause(durationMs, undefined, { signal: stopping });
  } catch {
    // Stopped: the caller looks at the signal.
  }
}
