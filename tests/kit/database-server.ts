import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = '/var/tmp/perennial-test-kit';
const binaries = '/usr/lib/postgresql/15/bin';
const port = 54_915;

/** A throw-away PostgreSQL 15 that all test files share. */
export async function startDatabaseServer(): Promise<{ url: string }> {
  const data = `${folder}/data`;
  if (!existsSync(folder)) {
    await mkdir(folder, { recursive: true });
    await run('chown', ['postgres', folder]);
    await asPostgres('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C');
  }
  if (!(await isRunning(data))) {
    await asPostgres(
      'pg_ctl',
      '-D',
      data,
      '-w',
      '-l',
      `${folder}/log`,
      '-o',
      `-p ${port} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300 -c unix_socket_directories=${folder}`,
      'start',
    );
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres` };
}

async function isRunning(data: string): Promise<boolean> {
  return asPostgres('pg_ctl', '-D', data, 'status').then(
    () => true,
    () => false,
  );
}

async function asPostgres(program: string, ...args: string[]): Promise<void> {
  await run('runuser', ['-u', 'postgres', '--', `${binaries}/${program}`, ...args], {
    cwd: '/',
    timeout: 60_000,
  });
}
