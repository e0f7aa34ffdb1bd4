import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import type { ZodType } from 'zod';

import { makeFolder } from '../config/make-folder.ts';

/**
 * What a small JSON file says, or undefined when it is missing or not of this shape: a file of an
 * older version or a torn one is the same as none, since everything in it can be found again.
 */
export function readState<T>(path: string, schema: ZodType<T>): T | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the file in one step, so that no reader sees half of it. Readable by the owner only. */
export function writeState(path: string, value: unknown): void {
  makeFolder(dirname(path));
  const unfinished = `${path}.${randomUUID()}`;
  writeFileSync(unfinished, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, path);
}

export function removeState(path: string): void {
  rmSync(path, { force: true });
}
