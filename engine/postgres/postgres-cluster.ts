import { randomBytes, randomUUID } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

import { PerennialError } from '../../domain/perennial-error.ts';
import { accountForPostgres, type Account } from '../account.ts';
import { diskFullError, saysDiskFull } from '../disk-full.ts';
import { runProgram } from '../run-program.ts';
import { readState, writeState } from '../state-file.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { makePostgresHome, postgresHome } from './postgres-home.ts';
import { stopPostmaster } from './postmaster.ts';

const secretsSchema = z.object({ password: z.string(), port: z.number().optional() });

/** A PostgreSQL cluster on this machine: its files, who runs it and how it is reached. */
export interface PostgresCluster {
  readonly name: string;
  /** Holds `data`, owned by the account that runs it. */
  readonly home: string;
  readonly data: string;
  readonly binFolder: string;
  readonly majorVersion: number;
  readonly account: Account | undefined;
  readonly password: string;
  /** The port it had last. */
  readonly lastPort: number | undefined;
  /** False: it forgets what it likes when the machine fails. For tests and simulations only. */
  readonly durable: boolean;
  readonly logFile: string;
  readonly secretsFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface ClusterOptions {
  readonly checkout: string;
  readonly dataFolder: string;
  readonly name: string;
  readonly binFolder?: string;
  readonly durable: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (line: string) => void;
}

export const superuser = 'perennial';

/**
 * Finds the cluster of this data folder or makes it. To be called by one process at a time.
 * A kill in the middle leaves nothing in the way of the next call.
 *
 * @throws PerennialError `engine-start-failed` or `engine-disk-full`
 */
export async function prepareCluster(options: ClusterOptions): Promise<PostgresCluster> {
  const account = accountForPostgres();
  const secretsFile = join(options.dataFolder, `${options.name}.json`);
  const home = postgresHome(options.dataFolder, options.name, account);
  let secrets = readState(secretsFile, secretsSchema);
  if (secrets === undefined) {
    await setAside(home, options.onProgress);
    secrets = { password: randomBytes(24).toString('base64url') };
    writeState(secretsFile, secrets);
  }
  makePostgresHome(home, account);
  const binFolder = options.binFolder ?? (await postgresBinaries(options.checkout, account));
  const cluster: PostgresCluster = {
    name: options.name,
    home,
    data: join(home, 'data'),
    binFolder,
    majorVersion: await majorVersionOf(binFolder, account, options.environment),
    account,
    password: secrets.password,
    lastPort: secrets.port,
    durable: options.durable,
    logFile: join(options.dataFolder, 'logs', `${options.name}.log`),
    secretsFile,
    environment: options.environment,
  };
  if (existsSync(cluster.data)) assertSameMajorVersion(cluster);
  else await initialise(cluster);
  return cluster;
}

export function rememberPort(cluster: PostgresCluster, port: number): void {
  if (cluster.lastPort !== port) writeState(cluster.secretsFile, { password: cluster.password, port });
}

/** Where a client connects; the password is in it. */
export function connectionUrl(cluster: PostgresCluster, port: number, database: string): string {
  return `postgresql://${superuser}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

/**
 * The data folder was deleted, or its password was: whoever did that wanted a fresh start, but
 * nothing of theirs is thrown away here.
 */
async function setAside(home: string, onProgress?: (line: string) => void): Promise<void> {
  if (!existsSync(home)) return;
  await stopPostmaster(join(home, 'data'));
  const aside = `${home}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(home, aside);
  onProgress?.(`The password of an earlier PostgreSQL is gone; its files are set aside in ${aside}.`);
}

/** Into a folder of its own, renamed when whole. */
async function initialise(cluster: PostgresCluster): Promise<void> {
  const token = randomUUID();
  const unfinished = join(cluster.home, `data-${token}`);
  const passwordFile = join(cluster.home, `password-${token}`);
  writeFileSync(passwordFile, cluster.password, { mode: 0o600 });
  if (cluster.account !== undefined) chownSync(passwordFile, cluster.account.uid, cluster.account.gid);
  try {
    const outcome = await runProgram(
      join(cluster.binFolder, 'initdb'),
      [
        '-D',
        unfinished,
        '-U',
        superuser,
        '-A',
        'scram-sha-256',
        '--pwfile',
        passwordFile,
        '-E',
        'UTF8',
        ...localeFlags(cluster.majorVersion),
        ...(cluster.durable ? [] : ['--no-sync']),
      ],
      {
        environment: cluster.environment,
        folder: cluster.home,
        limitMs: 120_000,
        ...(cluster.account === undefined ? {} : { account: cluster.account }),
      },
    );
    if (outcome.exitCode !== 0) {
      rmSync(unfinished, { recursive: true, force: true });
      throw failure(cluster, 'initdb', outcome.lastLines);
    }
    renameSync(unfinished, cluster.data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Same order and same lower case on every machine; before 17 only ASCII has a lower case of its own. */
function localeFlags(majorVersion: number): string[] {
  if (majorVersion < 17) return ['--no-locale'];
  return ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'];
}

async function majorVersionOf(
  binFolder: string,
  account: Account | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const outcome = await runProgram(join(binFolder, 'postgres'), ['--version'], {
    environment,
    limitMs: 10_000,
    ...(account === undefined ? {} : { account }),
  });
  const major = /\(PostgreSQL\) (\d+)/.exec(outcome.output)?.[1];
  if (major !== undefined) return Number(major);
  throw new PerennialError(
    'engine-start-failed',
    `${join(binFolder, 'postgres')} does not run on this machine: ${outcome.lastLines.join(' ')}. Run \`npm ci\` again, or set DATABASE_URL to a PostgreSQL 15 or later that you have.`,
  );
}

function assertSameMajorVersion(cluster: PostgresCluster): void {
  const made = Number(readFileSync(join(cluster.data, 'PG_VERSION'), 'utf8'));
  if (made === cluster.majorVersion) return;
  throw new PerennialError(
    'engine-start-failed',
    `The data in ${cluster.data} was written by PostgreSQL ${made}, and the one in the box is ${cluster.majorVersion}. Move it over with pg_dump and pg_restore, or choose another data folder.`,
  );
}

export function failure(cluster: PostgresCluster, program: string, lines: readonly string[]): PerennialError {
  if (saysDiskFull(lines)) return diskFullError(cluster.home);
  return new PerennialError(
    'engine-start-failed',
    `PostgreSQL's ${program} failed in ${cluster.home}. It said:\n  ${lines.slice(-8).join('\n  ')}\nThe log is ${cluster.logFile}. Or set DATABASE_URL to a PostgreSQL 15 or later that you have.`,
    { retryable: true },
  );
}
