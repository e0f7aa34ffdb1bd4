import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { identityOf, programOf, type ProcessIdentity } from '../process-identity.ts';

export interface Postmaster {
  readonly identity: ProcessIdentity;
  readonly port: number;
}

/**
 * The server that runs on this data folder, as PostgreSQL itself notes it in `postmaster.pid`.
 * Undefined when there is none, also when a killed one left its file behind.
 */
export function runningPostmaster(dataFolder: string): Postmaster | undefined {
  const lines = postmasterLines(dataFolder);
  const identity = identityOf(Number(lines[0]));
  if (identity === undefined || !isPostgres(identity.pid)) return undefined;
  return { identity, port: Number(lines[3]) };
}

/**
 * Removes the file of a server that was killed, when its number belongs to another program by now:
 * PostgreSQL would take that one for its server and refuse to start.
 */
export function forgetKilledPostmaster(dataFolder: string): void {
  const pid = Number(postmasterLines(dataFolder)[0]);
  if (identityOf(pid) !== undefined && !isPostgres(pid))
    rmSync(join(dataFolder, 'postmaster.pid'), { force: true });
}

function isPostgres(pid: number): boolean {
  return /postgres/i.test(programOf(pid));
}

function postmasterLines(dataFolder: string): string[] {
  try {
    return readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
