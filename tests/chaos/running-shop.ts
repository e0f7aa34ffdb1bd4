import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { engineStatus } from '../../engine/engine-status.ts';
import { freePort } from '../../engine/ports.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const launcher = join(checkout, 'bin/perennial.mjs');

/** A shop started as a user would, with `perennial start`, in a data folder and on ports of its own. */
export interface RunningShop {
  readonly url: string;
  readonly dataFolder: string;
  /** Runs a command against it and returns what it printed. */
  perennial(...args: string[]): Promise<string>;
  /** The process that plays this part right now. */
  pidOf(part: Part): Promise<number | undefined>;
  places(): Promise<{ databaseUrl: string; temporalAddress: string; namespace: string }>;
  /** What it has printed on standard error. */
  log(): string;
  stop(): Promise<void>;
}

export const parts = ['server', 'worker', 'postgres', 'temporal'] as const;
export type Part = (typeof parts)[number];

export async function startRunningShop(): Promise<RunningShop> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'perennial-chaos-'));
  const port = await freePort();
  const environment = {
    ...process.env,
    PERENNIAL_DATA: dataFolder,
    PORT: String(port),
    PERENNIAL_TEMPORAL_PORT: String(await freePort()),
    PERENNIAL_TEMPORAL_UI_PORT: String(await freePort()),
    LOG_LEVEL: 'warn',
    DATABASE_URL: '',
    TEMPORAL_ADDRESS: '',
  };
  const supervisor = spawn(process.execPath, [launcher, 'start', '--json'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  supervisor.stderr.on('data', (chunk: Buffer) => log.push(chunk.toString()));
  await untilReady(supervisor, log);
  return {
    url: `http://127.0.0.1:${port}`,
    dataFolder,
    perennial: (...args) => runToEnd(args, environment),
    async pidOf(part) {
      if (part === 'server' || part === 'worker') return findProcess(`${part}.ts`, dataFolder);
      const status = await engineStatus({ dataFolder });
      return status[part]?.pid;
    },
    async places() {
      const status = await engineStatus({ dataFolder });
      if (!status.postgres || !status.temporal) throw new Error(`the engine is not there: ${log.join('')}`);
      return {
        databaseUrl: status.postgres.url,
        temporalAddress: status.temporal.address,
        namespace: status.namespace ?? 'perennial',
      };
    },
    log: () => log.join(''),
    async stop() {
      if (supervisor.exitCode !== null) return;
      const ended = once(supervisor, 'exit');
      supervisor.kill('SIGTERM');
      await ended;
    },
  };
}

async function untilReady(supervisor: ChildProcess, log: readonly string[]): Promise<void> {
  const died = once(supervisor, 'exit').then(() => {
    throw new Error(`perennial start ended before it was ready:\n${log.join('')}`);
  });
  const ready = new Promise<void>((resolve) => {
    supervisor.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('"ready": true')) resolve();
    });
  });
  await Promise.race([ready, died]);
}

async function runToEnd(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  const failed: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => failed.push(chunk.toString()));
  const [code] = await once(child, 'exit');
  if (code !== 0)
    throw new Error(`perennial ${args.join(' ')} ended with ${String(code)}: ${failed.join('')}`);
  return printed.join('');
}

/** Looks through /proc: a process of this module whose environment names this data folder. */
async function findProcess(module: string, dataFolder: string): Promise<number | undefined> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const [command, environment] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${entry}/${file}`, 'utf8').catch(() => '')),
    );
    const isModule = command?.split('\0').some((argument) => argument.endsWith(`/${module}`)) ?? false;
    if (isModule && environment?.includes(`PERENNIAL_DATA=${dataFolder}`)) return Number(entry);
  }
  return undefined;
}
