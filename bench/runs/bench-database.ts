import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineSurroundings } from '../../config/engine-folders.ts';
import { connectionUrl, prepareCluster } from '../../engine/postgres/postgres-cluster.ts';
import { startPostgres, stopPostgres } from '../../engine/postgres/postgres-server.ts';
import { openDatabase, type Database } from '../../store/database.ts';
import { migrate } from '../../store/migrate.ts';

export interface BenchDatabaseOptions {
  /** True to sync to disk, as in production. */
  readonly durable: boolean;
  readonly connections: number;
  readonly say: (line: string) => void;
}

/** Measures something on a PostgreSQL server of its own, migrated and empty, that is gone afterwards. */
export async function onBenchDatabase<Result>(
  { durable, connections, say }: BenchDatabaseOptions,
  measure: (db: Database) => Promise<Result>,
): Promise<Result> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'perennial-bench-'));
  const cluster = await prepareCluster({
    checkout: join(import.meta.dirname, '../..'),
    dataFolder,
    name: 'postgres',
    durable,
    environment: engineSurroundings().environment,
    onProgress: say,
  });
  const { port } = await startPostgres(cluster);
  const db = openDatabase({ url: connectionUrl(cluster, port, 'postgres'), connections });
  try {
    await migrate(db);
    return await measure(db);
  } finally {
    await db.destroy();
    await stopPostgres(cluster);
    await rm(dataFolder, { recursive: true, force: true });
  }
}
