import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

import { accountForPostgres } from '../../engine/account.ts';
import { reachableFolder } from '../../engine/postgres/reachable-folder.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A data folder for an engine; for root, PostgreSQL's files lie elsewhere and go with it. */
export function temporaryDataFolder(...path: string[]): string {
  const dataFolder = join(temporaryFolder(), ...path, '.perennial');
  mkdirSync(dataFolder, { recursive: true });
  if (accountForPostgres() !== undefined) {
    const elsewhere = reachableFolder(dataFolder);
    onTestFinished(() => rmSync(elsewhere, { recursive: true, force: true }));
  }
  return dataFolder;
}
