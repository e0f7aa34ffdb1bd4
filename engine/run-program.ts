import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

import type { Account } from './account.ts';

export interface RunOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder?: string;
  /** Run as this user of the system; only root can. */
  readonly account?: Account;
  readonly limitMs: number;
  readonly onLine?: (line: string) => void;
}

export interface Outcome {
  /** Undefined when the program was not found or was ended by a signal. */
  readonly exitCode: number | undefined;
  readonly wasFound: boolean;
  /** Standard output alone. */
  readonly output: string;
  /** The last lines of both streams, for an error a person reads. */
  readonly lastLines: readonly string[];
}

const linesKept = 40;

/** Runs a program to its end and never throws: the outcome says how it went. */
export function runProgram(program: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.folder,
      env: { ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.limitMs,
      killSignal: 'SIGKILL',
      ...options.account,
    });
    const output: string[] = [];
    const lastLines: string[] = [];
    const keep = (line: string) => {
      lastLines.push(line);
      if (lastLines.length > linesKept) lastLines.shift();
      options.onLine?.(line);
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line);
      keep(line);
    });
    createInterface({ input: child.stderr }).on('line', keep);
    child.once('error', (error) => {
      const wasFound = !('code' in error && error.code === 'ENOENT');
      resolve({ exitCode: undefined, wasFound, output: '', lastLines: [error.message] });
    });
    child.once('close', (exitCode) => {
      resolve({ exitCode: exitCode ?? undefined, wasFound: true, output: output.join('\n'), lastLines });
    });
  });
}
