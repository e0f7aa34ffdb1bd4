import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { engineSurroundings } from '../config/engine-folders.ts';
import { connectionUrl, prepareCluster, type PostgresCluster } from './postgres/postgres-cluster.ts';
import { startPostgres, stopPostgres } from './postgres/postgres-server.ts';
import { shareServer } from './shared-server.ts';

export interface TestDatabaseServer {
  /** Of a superuser, on the database `postgres`; make your own databases beside it. */
  readonly url: string;
  /** Of PostgreSQL, such as 18 or 15. */
  readonly version: number;
  stop(): Promise<void>;
}

/**
 * A PostgreSQL for tests and simulations, started in a moment and shared by all processes of the
 * checkout; the last one's `stop` ends it. Its data is kept from run to run, so that templates need
 * not be made again, and is made anew when it does not start.
 *
 * @param options.binFolder another PostgreSQL's programs, such as /usr/lib/postgresql/15/bin
 * @throws PerennialError `engine-start-failed`, `engine-disk-full`
 */
export async function startTestDatabaseServer(options: {
  checkout: string;
  binFolder?: string;
  onProgress?: (line: string) => void;
}): Promise<TestDatabaseServer> {
  const { checkout } = options;
  const name = `test-postgres-${hashOf(options.binFolder ?? 'own')}`;
  const folder = join(checkout, '.perennial', name);
  const { server, stop } = await shareServer({
    folder,
    checkout,
    open: () => openCluster(folder, options),
    close: async ({ cluster }) => stopPostgres(cluster),
  });
  const { cluster, port } = server;
  return { url: connectionUrl(cluster, port, 'postgres'), version: cluster.majorVersion, stop };
}

interface RunningCluster {
  readonly cluster: PostgresCluster;
  readonly port: number;
}

async function openCluster(
  folder: string,
  options: Parameters<typeof startTestDatabaseServer>[0],
): Promise<RunningCluster> {
  const prepare = () =>
    prepareCluster({
      ...options,
      dataFolder: folder,
      name: 'postgres',
      durable: false,
      environment: engineSurroundings().environment,
    });
  const cluster = await prepare();
  try {
    return { cluster, port: (await startPostgres(cluster)).port };
  } catch {
    // Without fsync, a crash of the machine leaves data that is of no use to anyone.
    options.onProgress?.('The test database does not start; making it anew.');
    await stopPostgres(cluster);
    rmSync(cluster.data, { recursive: true, force: true });
    const anew = await prepare();
    return { cluster: anew, port: (await startPostgres(anew)).port };
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
