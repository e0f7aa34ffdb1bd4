import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions, Figures } from './main.ts';
import { freePort } from '../engine/ports.ts';

const launcher = fileURLToPath(new URL('../bin/perennial.mjs', import.meta.url));
const rounds = 3;

/**
 * How long `npm start` takes, with everything built, until it can be used: from the start of the process to the line
 * that says so. The first round makes a new database; the figure is the median of the later ones, as on any other day.
 */
export async function run({ say }: BenchOptions): Promise<Figures> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'perennial-ready-'));
  try {
    const first = await secondsToReady(dataFolder);
    say(`first start, new database  ${first.toFixed(2)} s`);
    const later: number[] = [];
    for (let round = 0; round < rounds; round++) {
      later.push(await secondsToReady(dataFolder));
      say(`later start               ${later.at(-1)?.toFixed(2)} s`);
    }
    const [seconds = 0] = later.toSorted((a, b) => a - b).slice(Math.floor(rounds / 2));
    return { seconds: Number(seconds.toFixed(2)), firstSeconds: Number(first.toFixed(2)) };
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
}

async function secondsToReady(dataFolder: string): Promise<number> {
  const [port, temporal, ui] = await Promise.all([freePort(), freePort(), freePort()]);
  const begun = performance.now();
  const child = spawn(process.execPath, [launcher, 'start', '--json'], {
    env: {
      ...process.env,
      PERENNIAL_DATA: dataFolder,
      PORT: String(port),
      PERENNIAL_TEMPORAL_PORT: String(temporal),
      PERENNIAL_TEMPORAL_UI_PORT: String(ui),
      DATABASE_URL: '',
      TEMPORAL_ADDRESS: '',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  const seconds = await new Promise<number>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('"ready": true')) resolve((performance.now() - begun) / 1000);
    });
    child.once('exit', (code) => reject(new Error(`perennial start ended with ${code} before it was ready`)));
  });
  child.kill('SIGTERM');
  await ended;
  return seconds;
}
