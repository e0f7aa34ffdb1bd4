import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../engine/ports.ts';
import { startEngine } from '../../engine/start-engine.ts';
import { checkout } from './checkout.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A worker or a server, started by the command with which an operator starts it. */
export interface ShopProcess {
  readonly pid: number;
  /** Everything that it has said. */
  log(): string;
  /** The lines of its log that are JSON. */
  entries(): readonly Record<string, unknown>[];
  kill(signal: NodeJS.Signals): void;
  /** Asks it to stop and waits. @returns its exit code and how long it took */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly seconds: number }>;
  readonly ended: Promise<number | null>;
}

/** What worker and server need: a database, a Temporal of their own, and a data folder. */
export interface ShopProcesses {
  readonly database: TestDatabase;
  readonly dataFolder: string;
  readonly outbox: string;
  /** For processes and commands. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ready when this returns. @throws with its log, when it ends before */
  start(module: 'worker' | 'server', environment?: Readonly<Record<string, string>>): Promise<ShopProcess>;
  close(): Promise<void>;
}

export const secret = 'a-secret-of-tests-that-is-long-enough';

export async function openShopProcesses(): Promise<ShopProcesses> {
  const [dataFolder, database] = await Promise.all([
    mkdtemp(join(tmpdir(), 'perennial-processes-')),
    createTestDatabase(),
  ]);
  const engine = await startEngine({
    checkout,
    dataFolder,
    databaseUrl: database.url,
    ports: { temporal: await freePort(), ui: await freePort() },
    supervise: false,
  });
  const outbox = join(dataFolder, 'outbox');
  const environment = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: engine.temporalAddress,
    TEMPORAL_NAMESPACE: engine.namespace,
    PERENNIAL_DATA: dataFolder,
    PERENNIAL_OUTBOX: outbox,
    PERENNIAL_SECRET: secret,
  };
  const processes: ShopProcess[] = [];
  return {
    database,
    dataFolder,
    outbox,
    environment,
    async start(module, more = {}) {
      const process = await startProcess(['node', '--import', 'tsx', `${module}.ts`], {
        ...environment,
        ...more,
      });
      processes.push(process);
      return process;
    },
    async close() {
      await Promise.all(processes.map((each) => each.stop('SIGKILL')));
      await engine.stop();
      await database.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** @param command `node` is this one @param environment the whole of it, but for the PATH */
export async function startProcess(
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ShopProcess> {
  const [program = 'node', ...args] = command;
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: checkout,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  const log = () => said.join('');
  await Promise.race([
    once(child, 'message'),
    ended.then((code) => {
      throw new Error(`${command.join(' ')} ended with ${code} before it was ready:\n${log()}`);
    }),
  ]);
  return {
    pid: child.pid ?? 0,
    log,
    entries: () => log().split('\n').flatMap(entryOf),
    kill: (signal) => void child.kill(signal),
    async stop(signal = 'SIGTERM') {
      const begun = performance.now();
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      const code = await ended;
      return { code, seconds: (performance.now() - begun) / 1000 };
    },
    ended,
  };
}

function entryOf(line: string): readonly Record<string, unknown>[] {
  try {
    const entry: unknown = JSON.parse(line);
    return typeof entry === 'object' && entry !== null ? [{ ...entry }] : [];
  } catch {
    return [];
  }
}
