import { PerennialError } from '../domain/perennial-error.ts';

/** True when what a program or the system said means that the disk has no room. */
export function saysDiskFull(lines: readonly string[]): boolean {
  return lines.some((line) => /no space left on device|disk (is )?full|ENOSPC/i.test(line));
}

export function diskFullError(folder: string, cause?: unknown): PerennialError {
  return new PerennialError(
    'engine-disk-full',
    `There is no room left on the disk that holds ${folder}. Free some (the first build needs 3 GB, running needs 1 GB) and run the same command again; nothing that was accepted is lost.`,
    { cause, retryable: true },
  );
}
