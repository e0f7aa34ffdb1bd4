import { linkSync, mkdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

import { makeFolder } from '../config/make-folder.ts';
import { isAlive, ownIdentity } from './process-identity.ts';
import { readState } from './state-file.ts';

const holderSchema = z.object({
  pid: z.number(),
  began: z.string(),
  checkout: z.string(),
  token: z.string(),
});

/** Who holds a lock. */
export type LockHolder = z.infer<typeof holderSchema>;

export interface Lock {
  release(): void;
}

const takeoverPatienceMs = 10_000;

/**
 * Takes a lock that is a file naming its holder. A holder that was killed holds nothing: its file
 * is taken over. Answers with the living holder when there is one.
 */
export function tryLock(path: string, checkout: string): { lock: Lock } | { heldBy: LockHolder | undefined } {
  makeFolder(dirname(path));
  const own: LockHolder = { ...ownIdentity(), checkout, token: randomUUID() };
  if (claim(path, own)) return { lock: lockOf(path, own) };

  const holder = lockHolder(path);
  if (holder !== undefined) return { heldBy: holder };

  clearDeadLock(path);
  return claim(path, own) ? { lock: lockOf(path, own) } : { heldBy: lockHolder(path) };
}

/**
 * Takes the lock, waiting for its holder as long as that lives.
 * `onWait` is called once, with the holder, when there is something to wait for.
 */
export async function waitForLock(
  path: string,
  checkout: string,
  onWait?: (holder: LockHolder) => void,
): Promise<Lock> {
  let hasSaidSo = false;
  for (;;) {
    const answer = tryLock(path, checkout);
    if ('lock' in answer) return answer.lock;
    if (answer.heldBy !== undefined && !hasSaidSo) {
      hasSaidSo = true;
      onWait?.(answer.heldBy);
    }
    await pause(50);
  }
}

/** The living process that holds this lock. */
export function lockHolder(path: string): LockHolder | undefined {
  const holder = readState(path, holderSchema);
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

/** `link` fails when the name is taken and shows the whole content at once when it is not. */
function claim(path: string, own: LockHolder): boolean {
  const unfinished = `${path}.${own.token}`;
  writeFileSync(unfinished, JSON.stringify(own), { mode: 0o600 });
  try {
    linkSync(unfinished, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

function lockOf(path: string, own: LockHolder): Lock {
  return {
    release() {
      if (readState(path, holderSchema)?.token === own.token) rmSync(path, { force: true });
    },
  };
}

/**
 * Two that both saw a dead holder must not both remove "its" file: the second would remove the
 * lock of the first. So looking again and removing happen inside a folder that one can make.
 */
function clearDeadLock(path: string): void {
  const takeover = `${path}.takeover`;
  try {
    mkdirSync(takeover);
  } catch {
    removeAbandonedTakeover(takeover);
    return;
  }
  try {
    if (lockHolder(path) === undefined) rmSync(path, { force: true });
  } finally {
    rmdirSync(takeover);
  }
}

function removeAbandonedTakeover(takeover: string): void {
  try {
    if (Date.now() - statSync(takeover).mtimeMs > takeoverPatienceMs) rmdirSync(takeover);
  } catch {
    // The other one has finished.
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
