import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PerennialError } from '../domain/perennial-error.ts';

/**
 * Makes a folder and those above it. Does nothing when it is there.
 *
 * One step at a time: where a file system refuses new folders with "no such file", as `/proc` does, Node's own recursive
 * way tries again without end.
 *
 * @param mode of the folders that are made; by default as the process is set up
 * @throws PerennialError `folder-unusable`, naming the folder and what the system said
 */
export function makeFolder(folder: string, mode?: number): void {
  try {
    makeEach(folder, mode);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'the system refused';
    throw new PerennialError(
      'folder-unusable',
      `The folder "${folder}" cannot be made or used: ${why}. Name one where this user may write.`,
      { cause },
    );
  }
}

function makeEach(folder: string, mode: number | undefined): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeEach(parent, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process may have been faster.
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
