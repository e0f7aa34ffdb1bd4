import { PerennialError } from '../../domain/perennial-error.ts';
import { runProgram } from '../run-program.ts';

/** Server 1.32.0 is the first with per-workflow time skipping; CLI 1.9.1 is the first that carries it. */
export const neededCliVersion = '1.9.1';
export const neededServerVersion = '1.32.0';

export interface TemporalVersion {
  /** What the program says, e.g. `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
  readonly said: string;
  readonly server: string;
  readonly isNewEnough: boolean;
}

/** Asks a `temporal` program for its version. Undefined when it is none or does not run. */
export async function temporalVersion(
  executable: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<TemporalVersion | undefined> {
  const outcome = await runProgram(executable, ['--version'], { environment, limitMs: 10_000 });
  if (outcome.exitCode !== 0) return undefined;
  const said = outcome.output.trim();
  const server = /Server v?(\d+\.\d+\.\d+)/i.exec(said)?.[1];
  if (server === undefined) return { said, server: 'unknown', isNewEnough: false };
  return { said, server, isNewEnough: compareVersions(server, neededServerVersion) >= 0 };
}

export function tooOldError(found: { executable: string; said: string }): PerennialError {
  return new PerennialError(
    'engine-temporal-too-old',
    `${found.executable} says "${found.said}", and Perennial needs the Temporal CLI ${neededCliVersion} or later (Server ${neededServerVersion}). Update it, or install Go so that Perennial builds its own, or set TEMPORAL_ADDRESS to a server that is new enough.`,
  );
}

/** Negative when `a` is older than `b`. Versions are three numbers. */
function compareVersions(a: string, b: string): number {
  const left = a.split('.').map(Number);
  const right = b.split('.').map(Number);
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
