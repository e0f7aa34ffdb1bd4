import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import pg from 'pg';

import { PerennialError } from '../../domain/perennial-error.ts';
import { assertPortFree, freePort, isPortFree } from '../ports.ts';
import { hasEnded, isAlive } from '../process-identity.ts';
import { lastLogLines, logLength, startBackground } from '../start-background.ts';
import { connectionUrl, failure, rememberPort, type PostgresCluster } from './postgres-cluster.ts';
import { runningPostmaster, stopPostmaster, type Postmaster } from './postmaster.ts';

const readyLimitMs = 60_000;
const orphanPatienceMs = 15_000;
/** PostgreSQL's code for it: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const wrongPassword = '28P01';

/**
 * Starts PostgreSQL on loopback, or adopts the server that already runs on these files, and waits
 * until it takes queries.
 *
 * @param port when given, it must be that one; else the one it had last, or a free one
 * @throws PerennialError `engine-port-busy`, `engine-start-failed`, `engine-disk-full`, `engine-data-in-use`
 */
export async function startPostgres(cluster: PostgresCluster, port?: number): Promise<Postmaster> {
  const running = runningPostmaster(cluster.data);
  if (running !== undefined) return adopt(cluster, running);

  const chosen = await choosePort(cluster, port);
  const patience = Date.now() + orphanPatienceMs;
  for (;;) {
    const answer = await tryStart(cluster, chosen);
    if (!('said' in answer)) {
      rememberPort(cluster, chosen);
      return answer;
    }
    // After a kill -9 of the server its sessions need a moment to see that it is gone.
    const isHeldByOrphans = answer.said.some((line) => /still in use|pre-existing shared memory/i.test(line));
    if (!isHeldByOrphans || Date.now() > patience) throw failure(cluster, 'server', answer.said);
    await pause(200);
  }
}

export function stopPostgres(cluster: PostgresCluster): Promise<void> {
  return stopPostmaster(cluster.data);
}

/** Makes the database when it is not there. */
export async function ensureDatabase(cluster: PostgresCluster, port: number, name: string): Promise<string> {
  await withClient(connectionUrl(cluster, port, 'postgres'), async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1::text', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  });
  return connectionUrl(cluster, port, name);
}

async function adopt(cluster: PostgresCluster, running: Postmaster): Promise<Postmaster> {
  // Only the server on these files knows this password; anything else is not ours to use.
  if (await waitUntilItAnswers(cluster, running)) {
    rememberPort(cluster, running.port);
    return running;
  }
  throw new PerennialError(
    'engine-data-in-use',
    `A PostgreSQL (process ${running.identity.pid}) runs on ${cluster.data} but does not take the password in ${cluster.secretsFile}. End that process, or choose another data folder.`,
    { retryable: true },
  );
}

async function tryStart(cluster: PostgresCluster, port: number): Promise<Postmaster | { said: string[] }> {
  const logSince = logLength(cluster.logFile);
  const identity = await startBackground(
    join(cluster.binFolder, 'postgres'),
    ['-D', cluster.data, '-p', String(port), ...settings(cluster)],
    {
      logFile: cluster.logFile,
      environment: cluster.environment,
      folder: '/',
      ...(cluster.account === undefined ? {} : { account: cluster.account }),
    },
  );
  if (identity instanceof Error) return { said: [identity.message] };
  const postmaster = { identity, port };
  if (await waitUntilItAnswers(cluster, postmaster)) return postmaster;
  await stopPostmaster(cluster.data);
  await hasEnded(identity, 5_000);
  return { said: lastLogLines(cluster.logFile, logSince) };
}

async function waitUntilItAnswers(cluster: PostgresCluster, postmaster: Postmaster): Promise<boolean> {
  const url = connectionUrl(cluster, postmaster.port, 'postgres');
  const deadline = Date.now() + readyLimitMs;
  while (isAlive(postmaster.identity) && Date.now() < deadline) {
    const answer = await ask(url);
    if (answer !== 'not-yet') return answer === 'ready';
    await pause(20);
  }
  return false;
}

/** A server that is starting or recovering refuses too, but does not know who asks. */
async function ask(url: string): Promise<'ready' | 'not-yet' | 'wrong-password'> {
  try {
    await withClient(url, (client) => client.query('select 1'));
    return 'ready';
  } catch (error) {
    return error instanceof pg.DatabaseError && error.code === wrongPassword ? 'wrong-password' : 'not-yet';
  }
}

async function choosePort(cluster: PostgresCluster, asked: number | undefined): Promise<number> {
  if (asked !== undefined) {
    await assertPortFree(asked, 'PostgreSQL', 'choose another with PERENNIAL_POSTGRES_PORT');
    return asked;
  }
  const { lastPort } = cluster;
  const canKeep = lastPort !== undefined && (await isPortFree(lastPort));
  return canKeep ? lastPort : freePort();
}

function settings(cluster: PostgresCluster): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '300',
    // Compiling a query costs more than any of ours takes.
    jit: 'off',
    ...(cluster.durable ? durableSettings : throwAwaySettings),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

const durableSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
};

const throwAwaySettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
};

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 2_000,
    query_timeout: 10_000,
  });
  // A server that goes away in the middle also fails the query; without a listener it would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
