import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';

import { makeFolder } from '../config/make-folder.ts';
import { waitForLock } from './lock-file.ts';
import { isAlive, ownIdentity } from './process-identity.ts';
import { readState, removeState, writeState } from './state-file.ts';

const userSchema = z.object({ pid: z.number(), began: z.string() });

/**
 * A server that several processes of one checkout use at once: the first that comes starts it, the
 * last that leaves ends it. A user that was killed counts as gone, and a server that was left over
 * is found by `open` and used again.
 */
export async function shareServer<T>(options: {
  /** Holds the list of users; one folder for each server. */
  readonly folder: string;
  readonly checkout: string;
  /** Answers with the server that runs, or starts one. Called by one process at a time. */
  readonly open: (others: { readonly count: number }) => Promise<T>;
  readonly close: (server: T) => Promise<void>;
}): Promise<{ server: T; stop: () => Promise<void> }> {
  const { folder, checkout, open, close } = options;
  const users = join(folder, 'users');
  const entry = join(users, `${randomUUID()}.json`);
  const alone = <R>(work: () => Promise<R>) => whileLocked(join(folder, 'users.lock'), checkout, work);

  makeFolder(users);
  const server = await alone(async () => {
    const opened = await open({ count: countUsers(users) });
    writeState(entry, ownIdentity());
    return opened;
  });

  let stopping: Promise<void> | undefined;
  const leave = () =>
    alone(async () => {
      removeState(entry);
      if (countUsers(users) === 0) await close(server);
    });
  return { server, stop: () => (stopping ??= leave()) };
}

async function whileLocked<R>(path: string, checkout: string, work: () => Promise<R>): Promise<R> {
  const lock = await waitForLock(path, checkout);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Those that live; what the others left is cleared away. */
function countUsers(users: string): number {
  let count = 0;
  for (const name of readdirSync(users)) {
    const user = readState(join(users, name), userSchema);
    if (user !== undefined && isAlive(user)) count += 1;
    else removeState(join(users, name));
  }
  return count;
}
