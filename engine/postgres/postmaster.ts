import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { endProcess, hasEnded, identityOf, programOf, type ProcessIdentity } from '../process-identity.ts';

/** The server process of a cluster, as `postmaster.pid` tells. */
export interface Postmaster {
  readonly identity: ProcessIdentity;
  readonly port: number;
}

const stopPatienceMs = 20_000;

/** The server that runs on these files, or undefined. A file left by a `kill -9` is not believed. */
export function runningPostmaster(data: string): Postmaster | undefined {
  const file = join(data, 'postmaster.pid');
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  const identity = identityOf(pid);
  if (identity !== undefined && isPostgres(pid)) return { identity, port: Number(lines[3]) };
  if (isNumberTaken(pid)) rmSync(file, { force: true });
  return undefined;
}

/**
 * A killed server may still be listed until its parent looks (in a container perhaps for ever), or
 * its number may belong to another program: PostgreSQL would take either for a living server and
 * refuse to start. Without the file it still refuses while sessions of the killed one hold its memory.
 */
function isNumberTaken(pid: number): boolean {
  if (!Number.isInteger(pid) || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Stops the server on these files, if one runs: first in order (sessions are ended, everything is
 * written), then at once, which costs the next start a recovery.
 */
export async function stopPostmaster(data: string): Promise<void> {
  const running = runningPostmaster(data);
  if (running === undefined) return;
  const fastShutdown = 'SIGINT';
  const immediateShutdown = 'SIGQUIT';
  signalQuietly(running.identity.pid, fastShutdown);
  if (await hasEnded(running.identity, stopPatienceMs)) return;
  await endProcess(running.identity, { signal: immediateShutdown, patienceMs: 5_000 });
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function isPostgres(pid: number): boolean {
  return /postgres/i.test(programOf(pid));
}
