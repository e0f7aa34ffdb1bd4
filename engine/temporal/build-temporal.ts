import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { engineSurroundings, type EngineSurroundings } from '../../config/engine-folders.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { diskFullError, saysDiskFull } from '../disk-full.ts';
import { waitForLock } from '../lock-file.ts';
import { runProgram, type Outcome } from '../run-program.ts';

export interface BuildOptions {
  /** Root of the repository. */
  readonly checkout: string;
  readonly onProgress?: (line: string) => void;
  readonly surroundings?: EngineSurroundings;
}

const minute = 60_000;
const executableName = 'temporal-server';

/**
 * Builds the Temporal server of `engine/server/` into the user's cache folder, once for all
 * checkouts with the same sources. A second builder waits for the first; one that was killed
 * leaves nothing in the way, and what it had compiled is kept by Go.
 *
 * @returns the path of the executable
 * @throws PerennialError `engine-go-missing`, `engine-build-failed` or `engine-disk-full`; each may be tried again
 */
export async function buildTemporal(options: BuildOptions): Promise<string> {
  const surroundings = options.surroundings ?? engineSurroundings();
  const built = builtTemporal(options.checkout, surroundings);
  if (built.exists) return built.executable;

  const say = options.onProgress ?? (() => {});
  await assertGoIsThere(surroundings);
  makeFolder(built.folder);
  const lock = await waitForLock(join(built.folder, 'build.lock'), options.checkout, (holder) =>
    say(`Another Perennial (process ${holder.pid}) is building the Temporal server; waiting for it.`),
  );
  try {
    // The one that was waited for may have built it.
    if (!existsSync(built.executable)) await build(options.checkout, built, surroundings, say);
    return built.executable;
  } finally {
    lock.release();
  }
}

/** Where the build of these sources lies, whether it is there or not. */
export function builtTemporal(
  checkout: string,
  surroundings: EngineSurroundings,
): { folder: string; executable: string; exists: boolean } {
  const folder = join(surroundings.cacheFolder, 'temporal-server', sourcesHash(checkout));
  const executable = join(folder, executableName);
  return { folder, executable, exists: existsSync(executable) };
}

async function build(
  checkout: string,
  built: { folder: string; executable: string },
  surroundings: EngineSurroundings,
  say: (line: string) => void,
): Promise<void> {
  const started = Date.now();
  const sources = join(checkout, 'engine', 'server');
  const unfinished = join(built.folder, `unfinished-${process.pid}`);
  const environment = { ...surroundings.environment, CGO_ENABLED: '0' };
  removeUnfinished(built.folder);
  say('Building the Temporal server: this happens once and takes about five minutes.');

  say('Downloading its sources (about 150 MB) …');
  const download = await runProgram('go', ['mod', 'download'], {
    environment,
    folder: sources,
    limitMs: 15 * minute,
  });
  assertSucceeded(download, built.folder, 'downloading the Go modules');

  const total = await countPackages(sources, environment);
  const progress = sayEveryFewSeconds(say, started, total);
  const compile = await runProgram(
    'go',
    ['build', '-v', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, '.'],
    { environment, folder: sources, limitMs: 30 * minute, onLine: progress },
  );
  assertSucceeded(compile, built.folder, 'compiling');
  renameSync(unfinished, built.executable);
  say(`The Temporal server is built (${Math.round((Date.now() - started) / 1000)} s).`);
}

async function assertGoIsThere(surroundings: EngineSurroundings): Promise<void> {
  const outcome = await runProgram('go', ['version'], {
    environment: surroundings.environment,
    limitMs: 20_000,
  });
  if (outcome.wasFound) return;
  throw new PerennialError(
    'engine-go-missing',
    'There is no Temporal server on this machine yet, and building one needs Go 1.26.8 or later, which is not on the PATH. Install Go (https://go.dev/dl) or the Temporal CLI 1.9.1 or later (https://docs.temporal.io/cli), or set TEMPORAL_ADDRESS to a server you have; then run the same command again.',
  );
}

function assertSucceeded(outcome: Outcome, folder: string, step: string): void {
  if (outcome.exitCode === 0) return;
  if (saysDiskFull(outcome.lastLines)) throw diskFullError(folder);
  const said = outcome.lastLines.slice(-8).join('\n  ');
  const ended = outcome.exitCode === undefined ? 'was ended' : `ended with ${outcome.exitCode}`;
  throw new PerennialError(
    'engine-build-failed',
    `Building the Temporal server failed while ${step} (go ${ended}):\n  ${said}\nIf it could not download, check the network or GOPROXY; if Go is too old, update it to 1.26.8. Then run \`npx perennial engine build\` again: it goes on where it stopped.`,
    { retryable: true },
  );
}

async function countPackages(
  sources: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number | undefined> {
  const outcome = await runProgram('go', ['list', '-deps', '.'], {
    environment,
    folder: sources,
    limitMs: 2 * minute,
  });
  return outcome.exitCode === 0 ? outcome.output.split('\n').length : undefined;
}

/** `go build -v` names each package as it compiles it; those compiled before are not named again. */
function sayEveryFewSeconds(
  say: (line: string) => void,
  started: number,
  total: number | undefined,
): (line: string) => void {
  let compiled = 0;
  let lastSaid = Date.now();
  return () => {
    compiled += 1;
    if (Date.now() - lastSaid < 10_000) return;
    lastSaid = Date.now();
    const seconds = Math.round((lastSaid - started) / 1000);
    const outOf = total === undefined ? '' : ` of about ${total}`;
    say(`Compiling the Temporal server: ${compiled}${outOf} packages, ${seconds} s so far …`);
  };
}

/** Sources decide what is built; Go's version is pinned by go.mod, so it is part of them. */
function sourcesHash(checkout: string): string {
  const sources = join(checkout, 'engine', 'server');
  const hash = createHash('sha256');
  for (const name of readdirSync(sources).toSorted()) {
    if (!/\.(go|mod|sum)$/.test(name)) continue;
    hash
      .update(name)
      .update('\0')
      .update(readFileSync(join(sources, name)))
      .update('\0');
  }
  return hash.update(`${process.platform}-${process.arch}`).digest('hex').slice(0, 16);
}

function removeUnfinished(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith('unfinished-')) rmSync(join(folder, name), { force: true });
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    if (saysDiskFull([String(error)])) throw diskFullError(folder, error);
    throw new PerennialError(
      'engine-build-failed',
      `The folder ${folder} for the Temporal server cannot be made: ${String(error)}. Make it writable, or set XDG_CACHE_HOME to a folder that is.`,
      { cause: error },
    );
  }
}
