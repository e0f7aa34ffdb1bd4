import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './code-blocks.ts';

/** A copy of the repository as a newcomer has it after installing, in which a test can do what a reader would do. */
export interface CheckoutCopy {
  readonly folder: string;
  /** Runs a piece of shell in it, at most two minutes; `npx` is this checkout's, and asks no registry. */
  run(script: string, environment?: Readonly<Record<string, string>>): Promise<Outcome>;
  remove(): Promise<void>;
}

export interface Outcome {
  readonly exitCode: number;
  /** Both streams, as a terminal would show them. */
  readonly output: string;
}

/** npm's own npx would add half a second to each command. */
const shell = `set -eo pipefail
npx() {
  local program=$1; shift
  if [ "$program" = perennial ]; then node --import tsx cli/main.ts "$@"; else "node_modules/.bin/$program" "$@"; fi
}
`;

/** Dependencies and running test servers are shared with this checkout; everything else is the copy's own. */
export async function copyCheckout(): Promise<CheckoutCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-docs-'));
  await Promise.all(sourceFiles().map((file) => copyFile(file, folder)));
  await linkEntries('node_modules', folder, (name) => name !== '.cache');
  await linkEntries('.perennial', folder, (name) => /^(simulation|test-postgres-.*)$/.test(name));
  return {
    folder,
    run: (script, environment = {}) => run(folder, script, environment),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function sourceFiles(): string[] {
  return execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .trim()
    .split('\n');
}

async function copyFile(file: string, folder: string): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  // A file that was deleted and is still in git's index is simply not there.
  await cp(join(root, file), join(folder, file)).catch(() => undefined);
}

async function linkEntries(place: string, folder: string, wanted: (name: string) => boolean): Promise<void> {
  await mkdir(join(folder, place), { recursive: true });
  const names = await readdir(join(root, place)).catch(() => []);
  await Promise.all(
    names.filter(wanted).map((name) => symlink(join(root, place, name), join(folder, place, name))),
  );
}

function run(folder: string, script: string, environment: Readonly<Record<string, string>>): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      'bash',
      ['-c', `${shell}exec 2>&1\n${script}`],
      {
        cwd: folder,
        timeout: 120_000,
        maxBuffer: 16_000_000,
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1', ...environment },
      },
      (_error, output) => resolve({ exitCode: child.exitCode ?? 1, output }),
    );
  });
}
