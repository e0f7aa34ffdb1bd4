import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

import { PerennialError } from '../../domain/perennial-error.ts';

const shared = '/var/tmp/perennial';

/**
 * A folder that another user of the system can reach, one for each `owner` path: root's own folders
 * often lie under a parent that only root may enter.
 *
 * @throws PerennialError `engine-start-failed` when someone else has made the folder before: what is
 *   run from there could be theirs
 */
export function reachableFolder(owner: string): string {
  makeOwnFolder(shared);
  const hash = createHash('sha256').update(realpathSync(owner)).digest('hex').slice(0, 16);
  const folder = join(shared, hash);
  makeOwnFolder(folder);
  return folder;
}

function makeOwnFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new PerennialError(
      'engine-start-failed',
      `${folder} belongs to another user, and PostgreSQL's programs may not be run from there. Remove it or have its owner remove it, then try again.`,
    );
  }
  // Whatever the umask is: others must be able to enter, and only root to write.
  chmodSync(folder, 0o755);
}
