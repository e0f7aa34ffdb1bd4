import { join } from 'node:path';

import type { RunningTemporal } from '../engine-state.ts';
import { isAlive, type ProcessIdentity } from '../process-identity.ts';
import { waitForNamespace } from './namespace.ts';
import { startTemporalServer, stopTemporalServer } from './temporal-server.ts';

export interface TemporalPartOptions {
  readonly executable: string;
  readonly dataFolder: string;
  readonly namespace: string;
  readonly port: number;
  readonly uiPort: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told of each process as soon as there is one. */
  readonly onSpawned: (temporal: RunningTemporal) => void;
}

const adoptionPatienceMs = 30_000;

/** Starts the shop's Temporal server on its file. */
export async function startTemporal(options: TemporalPartOptions): Promise<RunningTemporal> {
  const { executable, port, uiPort } = options;
  const describe = (identity: ProcessIdentity): RunningTemporal => ({
    ...identity,
    port,
    uiPort,
    executable,
  });
  const identity = await startTemporalServer({
    ...options,
    timeSkipping: false,
    databaseFile: join(options.dataFolder, 'temporal', 'temporal.db'),
    logFile: join(options.dataFolder, 'logs', 'temporal.log'),
    onSpawned: (spawned) => options.onSpawned(describe(spawned)),
  });
  return describe(identity);
}

/**
 * Takes over the server that a killed Perennial left behind, if it is the same program on the same
 * ports and answers; ends it and starts another if not.
 */
export async function adoptOrStartTemporal(
  leftOver: RunningTemporal | undefined,
  options: TemporalPartOptions,
): Promise<RunningTemporal> {
  if (leftOver === undefined || !isAlive(leftOver)) return startTemporal(options);
  const isTheSame =
    leftOver.executable === options.executable &&
    leftOver.port === options.port &&
    leftOver.uiPort === options.uiPort;
  if (isTheSame && (await answers(leftOver, options.namespace))) return leftOver;
  await stopTemporalServer(leftOver);
  return startTemporal(options);
}

/** It may have been started a moment ago. */
function answers(server: RunningTemporal, namespace: string): Promise<boolean> {
  const deadline = Date.now() + adoptionPatienceMs;
  return waitForNamespace({
    address: `127.0.0.1:${server.port}`,
    namespace,
    shouldGiveUp: () => !isAlive(server) || Date.now() > deadline,
  });
}
