import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { z } from 'zod';

import { engineSurroundings } from '../config/engine-folders.ts';
import { freePort } from './ports.ts';
import {
  startPostgres,
  stopPostgres,
  postgresUrl,
  type PostgresCluster,
} from './postgres/postgres-cluster.ts';
import { postgresBinaries } from './postgres/postgres-binaries.ts';
import { runningPostmaster, type Postmaster } from './postgres/postmaster-file.ts';
import { reachableFolder } from './postgres/reachable-folder.ts';
import { accountForPostgres } from './postgres/system-account.ts';
import { shareServer } from './shared-server.ts';
import { readState, writeState } from './state-file.ts';

export interface TestDatabaseServer {
  /** Of a superuser, on the database `postgres`; make your own databases beside it. */
  readonly url: string;
  /** Of PostgreSQL, such as 18 or 15. */
  readonly version: number;
  stop(): Promise<void>;
}

/** Throw-away data: nothing waits for the disk. */
const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '300',
};

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
  const { checkout, onProgress } = options;
  const account = accountForPostgres();
  const name = `test-postgres-${hashOf(options.binFolder ?? 'own')}`;
  const folder = join(checkout, '.perennial', name);
  mkdirSync(folder, { recursive: true });
  const cluster: PostgresCluster = {
    binFolder: options.binFolder ?? (await postgresBinaries(checkout, account)),
    dataFolder: join(account === undefined ? folder : reachableFolder(checkout), name, 'data'),
    account,
    password: storedPassword(join(folder, 'password.json')),
    settings,
    environment: engineSurroundings().environment,
  };
  const { server, stop } = await shareServer({
    folder,
    checkout,
    open: () => openCluster(cluster, onProgress),
    close: async () => void (await stopPostgres(cluster.dataFolder)),
  });
  const url = postgresUrl(server.port, cluster.password, 'postgres');
  return { url, version: await versionOf(url), stop };
}

async function openCluster(
  cluster: PostgresCluster,
  onProgress?: (line: string) => void,
): Promise<Postmaster> {
  try {
    return await startPostgres(cluster, await freePort());
  } catch {
    // Without fsync a crash of the machine, or a password file that was deleted, leaves data that is of no use.
    onProgress?.('The test database does not start; making it anew.');
    const running = runningPostmaster(cluster.dataFolder);
    if (running !== undefined) await stopPostgres(cluster.dataFolder);
    rmSync(cluster.dataFolder, { recursive: true, force: true });
    return startPostgres(cluster, await freePort());
  }
}

function storedPassword(file: string): string {
  const stored = readState(file, z.object({ password: z.string() }));
  if (stored !== undefined) return stored.password;
  const password = randomBytes(24).toString('hex');
  writeState(file, { password });
  return password;
}

async function versionOf(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ version: number }>(
      `select current_setting('server_version_num')::int / 10000 as version`,
    );
    return rows[0]?.version ?? 0;
  } finally {
    await client.end();
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
