import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

import { lockHolder, tryLock, waitForLock } from '../../engine/lock-file.ts';
import { identityOf, ownIdentity } from '../../engine/process-identity.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 30_000 });

test('is held until it is released', async () => {
  const path = join(temporaryFolder(), 'lock');
  const first = tryLock(path, '/shop');
  expect(tryLock(path, '/shop')).toMatchObject({ heldBy: { pid: process.pid, checkout: '/shop' } });

  const waiting: number[] = [];
  const second = waitForLock(path, '/shop', (holder) => waiting.push(holder.pid));
  await new Promise((resolve) => setTimeout(resolve, 120));
  if ('lock' in first) first.lock.release();

  (await second).release();
  expect(waiting).toEqual([process.pid]);
  expect(lockHolder(path)).toBeUndefined();
});

test('is not held by a process that was killed', async () => {
  const path = join(temporaryFolder(), 'lock');
  const sleeper = spawn('sleep', ['60']);
  await once(sleeper, 'spawn');
  const identity = identityOf(sleeper.pid ?? 0);
  writeFileSync(path, JSON.stringify({ ...identity, checkout: '/shop', token: 'x' }));
  expect(tryLock(path, '/shop')).toHaveProperty('heldBy.pid', sleeper.pid);

  sleeper.kill('SIGKILL');
  await once(sleeper, 'exit');
  expect(tryLock(path, '/shop')).toHaveProperty('lock');
});

test('is not held by a process that got the number of a killed one', () => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, JSON.stringify({ ...ownIdentity(), began: 'earlier', checkout: '/shop', token: 'x' }));

  expect(tryLock(path, '/shop')).toHaveProperty('lock');
});

test('is taken by one of many that come at once', () => {
  const path = join(temporaryFolder(), 'lock');
  writeFileSync(path, JSON.stringify({ pid: 1, began: 'earlier', checkout: '/shop', token: 'x' }));

  const answers = Array.from({ length: 20 }, () => tryLock(path, '/shop'));
  expect(answers.filter((answer) => 'lock' in answer)).toHaveLength(1);
});
