import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Account } from '../account.ts';
import { reachableFolder } from './reachable-folder.ts';

/**
 * The folder of a cluster: inside the data folder, or, for root, where the account that runs
 * PostgreSQL can reach it.
 */
export function postgresHome(dataFolder: string, name: string, account: Account | undefined): string {
  return join(account === undefined ? dataFolder : reachableFolder(dataFolder), name);
}

/** Makes the folder, open to the account and to nobody else. */
export function makePostgresHome(home: string, account: Account | undefined): void {
  mkdirSync(home, { recursive: true });
  chmodSync(home, 0o700);
  if (account !== undefined) chownSync(home, account.uid, account.gid);
}
