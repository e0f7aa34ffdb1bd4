import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';

import { engineSurroundings } from '../../config/engine-folders.ts';
import {
  connectionUrl,
  prepareCluster,
  type PostgresCluster,
} from '../../engine/postgres/postgres-cluster.ts';
import { ensureDatabase, startPostgres, stopPostgres } from '../../engine/postgres/postgres-server.ts';
import { runningPostmaster, type Postmaster } from '../../engine/postgres/postmaster.ts';
import { hasEnded, isAlive } from '../../engine/process-identity.ts';
import { checkout } from '../kit/checkout.ts';
import { temporaryDataFolder } from './temporary-data-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

test('takes over the server that still runs on its files', async () => {
  const cluster = await newCluster();
  const first = await startPostgres(cluster);

  expect(await startPostgres(cluster)).toEqual(first);
});

test('does not take over a server that does not know the password', async () => {
  const cluster = await newCluster();
  await startPostgres(cluster);

  const refused = { ...cluster, password: 'another' };
  await expect(startPostgres(refused)).rejects.toMatchObject({ code: 'engine-data-in-use' });
});

test('keeps what was committed over a kill -9 of the server and of its sessions', async () => {
  const cluster = await newCluster();
  const first = await startPostgres(cluster);
  await query(cluster, first, 'create table kept as select 7 as value');
  await killed(first);

  const second = await startPostgres(cluster, first.port);
  expect(await query(cluster, second, 'select value from kept')).toEqual([{ value: 7 }]);
});

test('starts although the number of the killed server now belongs to another program', async () => {
  const cluster = await newCluster();
  const first = await startPostgres(cluster);
  await killed(first);
  const file = join(cluster.data, 'postmaster.pid');
  const [, ...others] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, [String(process.pid), ...others].join('\n'));

  expect(runningPostmaster(cluster.data)).toBeUndefined();
  expect(isAlive((await startPostgres(cluster)).identity)).toBe(true);
});

test('keeps its port from one start to the next', async () => {
  const cluster = await newCluster();
  const first = await startPostgres(cluster);
  await stopPostgres(cluster);
  const again = await prepared(cluster.dataFolder);

  expect((await startPostgres(again)).port).toBe(first.port);
});

test('waits for the disk before it says that something is committed', async () => {
  const cluster = await newCluster();
  const server = await startPostgres(cluster);

  expect(await query(cluster, server, 'show fsync')).toEqual([{ fsync: 'on' }]);
  expect(await query(cluster, server, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }]);
  expect(await query(cluster, server, 'show full_page_writes')).toEqual([{ full_page_writes: 'on' }]);
});

test('lets in nobody without the password', async () => {
  const cluster = await newCluster();
  const server = await startPostgres(cluster);

  await expect(query({ ...cluster, password: '' }, server, 'select 1')).rejects.toThrow(/password/i);
});

test('makes a database once', async () => {
  const cluster = await newCluster();
  const { port } = await startPostgres(cluster);
  const url = await ensureDatabase(cluster, port, 'shop');

  expect(await ensureDatabase(cluster, port, 'shop')).toBe(url);
});

test('knows the lower case of every alphabet', async () => {
  const cluster = await newCluster();
  const server = await startPostgres(cluster);

  expect(await query(cluster, server, `select lower('ÇÃO') as word`)).toEqual([{ word: 'ção' }]);
});

test('sets aside, and does not destroy, files whose password is gone', async () => {
  const cluster = await newCluster();
  const server = await startPostgres(cluster);
  rmSync(cluster.secretsFile);

  const said: string[] = [];
  const anew = await prepared(cluster.dataFolder, (line) => said.push(line));
  expect(isAlive(server.identity)).toBe(false);
  const aside = /set aside in (\S+)\.$/.exec(said.join('\n'))?.[1] ?? '';
  expect(existsSync(join(aside, 'data', 'PG_VERSION'))).toBe(true);
  expect(isAlive((await startPostgres(anew)).identity)).toBe(true);
});

test('does not start on files of another major version', async () => {
  const cluster = await newCluster();
  writeFileSync(join(cluster.data, 'PG_VERSION'), '12\n');

  await expect(prepared(cluster.dataFolder)).rejects.toMatchObject({
    code: 'engine-start-failed',
    message: expect.stringMatching(/PostgreSQL 12.*pg_dump/s) as string,
  });
});

type TestCluster = PostgresCluster & { dataFolder: string };

function newCluster(): Promise<TestCluster> {
  return prepared(temporaryDataFolder());
}

async function prepared(dataFolder: string, onProgress?: (line: string) => void): Promise<TestCluster> {
  const cluster = await prepareCluster({
    checkout,
    dataFolder,
    name: 'postgres',
    durable: true,
    environment: engineSurroundings().environment,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  onTestFinished(() => stopPostgres(cluster));
  return { ...cluster, dataFolder };
}

async function killed({ identity }: Postmaster): Promise<void> {
  process.kill(identity.pid, 'SIGKILL');
  await hasEnded(identity, 5_000);
}

async function query(cluster: PostgresCluster, { port }: Postmaster, sql: string): Promise<object[]> {
  const client = new pg.Client({ connectionString: connectionUrl(cluster, port, 'postgres') });
  await client.connect();
  try {
    return (await client.query<object>(sql)).rows;
  } finally {
    await client.end();
  }
}
