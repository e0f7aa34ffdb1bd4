import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { makeFolder } from '../config/make-folder.ts';
import type { Account } from './account.ts';
import { identityOf, type ProcessIdentity } from './process-identity.ts';

const logLimitBytes = 10_000_000;

/**
 * Starts a program that outlives this process if it must: in a group of its own, so that Ctrl-C in
 * the terminal reaches only Perennial, which ends it in order; and writing to a file, since a pipe
 * would break with its reader.
 *
 * @returns the process, or what the system said when the program could not be started
 */
export function startBackground(
  program: string,
  args: readonly string[],
  options: {
    logFile: string;
    environment: Readonly<Record<string, string | undefined>>;
    folder: string;
    account?: Account;
  },
): Promise<ProcessIdentity | Error> {
  const log = openLog(options.logFile);
  const child = spawn(program, args, {
    cwd: options.folder,
    env: { ...options.environment },
    detached: true,
    stdio: ['ignore', log, log],
    ...options.account,
  });
  closeSync(log);
  child.unref();
  return new Promise((resolve) => {
    child.once('error', resolve);
    child.once('spawn', () => {
      const identity = child.pid === undefined ? undefined : identityOf(child.pid);
      resolve(identity ?? new Error(`${program} ended at once`));
    });
  });
}

/** How long the log is now; what comes after belongs to the next start. */
export function logLength(logFile: string): number {
  if (!existsSync(logFile)) return 0;
  const { size } = statSync(logFile);
  return size > logLimitBytes ? 0 : size;
}

/** The end of what was written since `logLength` was asked, for an error a person reads. */
export function lastLogLines(logFile: string, since: number, count = 8): string[] {
  if (!existsSync(logFile)) return [];
  return readFileSync(logFile)
    .subarray(since)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line));
}

function openLog(logFile: string): number {
  makeFolder(dirname(logFile));
  const isTooLong = existsSync(logFile) && statSync(logFile).size > logLimitBytes;
  if (isTooLong) renameSync(logFile, `${logFile}.old`);
  return openSync(logFile, 'a', 0o600);
}
