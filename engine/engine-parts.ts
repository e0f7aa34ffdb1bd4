import type { EngineSurroundings } from '../config/engine-folders.ts';
import { temporalAddress, type RunningPostgres, type RunningTemporal } from './engine-state.ts';
import { prepareCluster, type PostgresCluster } from './postgres/postgres-cluster.ts';
import { ensureDatabase, startPostgres, stopPostgres } from './postgres/postgres-server.ts';
import type { SupervisedPart } from './supervisor.ts';
import { findOrBuildTemporal } from './temporal/find-temporal.ts';
import { adoptOrStartTemporal, startTemporal, type TemporalPartOptions } from './temporal/temporal-part.ts';
import { stopTemporalServer } from './temporal/temporal-server.ts';

const defaultTemporalPort = 7233;
const defaultUiPort = 8233;
const databaseName = 'perennial';

export interface PartOptions {
  readonly checkout: string;
  readonly dataFolder: string;
  readonly namespace: string;
  readonly ports?: { readonly temporal?: number; readonly ui?: number; readonly postgres?: number };
  readonly onProgress: (line: string) => void;
  readonly surroundings: EngineSurroundings;
}

/** A server of this data folder that runs, ours to watch and to end. */
export interface RunningPart extends SupervisedPart {
  /** Where clients find it; the same after a restart. */
  readonly place: string;
  stop(): Promise<void>;
}

/** Writes down what runs. */
export type Save = (changes: { temporal?: RunningTemporal; postgres?: RunningPostgres }) => void;

/** @throws PerennialError as `startPostgres` does */
export async function startPostgresPart(options: PartOptions, save: Save): Promise<RunningPart> {
  const cluster = await prepareCluster({
    ...options,
    name: 'postgres',
    durable: true,
    environment: options.surroundings.environment,
  });
  let running = await startDatabase(cluster, options.ports?.postgres);
  save({ postgres: running });
  return {
    name: 'postgres',
    place: running.url,
    process: () => running,
    async restart() {
      running = await startDatabase(cluster, running.port);
      save({ postgres: running });
    },
    stop: () => stopPostgres(cluster),
  };
}

async function startDatabase(cluster: PostgresCluster, port: number | undefined): Promise<RunningPostgres> {
  const postmaster = await startPostgres(cluster, port);
  const url = await ensureDatabase(cluster, postmaster.port, databaseName);
  return { ...postmaster.identity, port: postmaster.port, url, data: cluster.data };
}

/** @throws PerennialError as `findOrBuildTemporal` and `startTemporal` do */
export async function startTemporalPart(
  options: PartOptions,
  leftOver: RunningTemporal | undefined,
  save: Save,
): Promise<RunningPart> {
  const { executable } = await findOrBuildTemporal(options);
  const port = options.ports?.temporal ?? defaultTemporalPort;
  const how: TemporalPartOptions = {
    executable,
    dataFolder: options.dataFolder,
    namespace: options.namespace,
    port,
    uiPort: options.ports?.ui ?? (port === defaultTemporalPort ? defaultUiPort : port + 1000),
    environment: options.surroundings.environment,
    onSpawned: (temporal) => save({ temporal }),
  };
  let running = await adoptOrStartTemporal(leftOver, how);
  save({ temporal: running });
  return {
    name: 'temporal',
    place: temporalAddress(running),
    process: () => running,
    async restart() {
      running = await startTemporal(how);
    },
    stop: () => stopTemporalServer(running),
  };
}
