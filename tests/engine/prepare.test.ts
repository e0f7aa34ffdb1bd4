import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

test('installs the dependencies when they are missing, and is silent when they are there', async () => {
  const { prepare, installed } = freshClone();

  expect(await prepare()).toEqual({ code: 0, said: 'Installing dependencies (about a minute)…' });
  expect(existsSync(installed)).toBe(true);
  expect(await prepare()).toEqual({ code: 0, said: '' });
});

test('installs again when package-lock.json has changed', async () => {
  const { prepare, changeLockfile } = freshClone();
  await prepare();
  changeLockfile();

  expect((await prepare()).said).toMatch(/Installing/);
  expect((await prepare()).said).toBe('');
});

test('does not install again what was installed by hand', async () => {
  const { prepare, folder, changeLockfile } = freshClone();
  await prepare();
  changeLockfile();
  await run('npm', ['ci'], folder);

  expect((await prepare()).said).toBe('');
});

test('installs once when two start at the same time', async () => {
  const { prepare } = freshClone();

  const [first, second] = await Promise.all([prepare(), prepare()]);

  expect([first.code, second.code]).toEqual([0, 0]);
  const said = `${first.said}\n${second.said}`;
  expect(said.match(/Installing dependencies \(/g)).toHaveLength(1);
});

test('does not wait for an installation whose process was killed', async () => {
  const { prepare, folder } = freshClone();
  const endedPid = await pidOfEndedProcess();
  mkdirSync(join(folder, '.perennial'));
  writeFileSync(join(folder, '.perennial', 'installing'), String(endedPid));

  expect(await prepare()).toEqual({ code: 0, said: 'Installing dependencies (about a minute)…' });
});

test('says so and fails when installing fails', async () => {
  const { prepare, folder } = freshClone();
  rmSync(join(folder, 'package.json'));

  const { code, said } = await prepare();
  expect(code).toBe(1);
  expect(said).toMatch(/Installing the dependencies failed/);
});

function freshClone() {
  const folder = temporaryFolder();
  const lockfile = join(folder, 'package-lock.json');
  const writeLockfile = (version: string) => {
    const root = { name: 'shop', version, dependencies: { part: 'file:part' } };
    const packages = {
      '': root,
      part: { version: '1.0.0' },
      'node_modules/part': { resolved: 'part', link: true },
    };
    writeFileSync(lockfile, JSON.stringify({ name: 'shop', version, lockfileVersion: 3, packages }));
    writeFileSync(join(folder, 'package.json'), JSON.stringify(root));
  };
  mkdirSync(join(folder, 'part'));
  writeFileSync(join(folder, 'part', 'package.json'), JSON.stringify({ name: 'part', version: '1.0.0' }));
  mkdirSync(join(folder, 'bin'));
  copyFileSync('bin/prepare.mjs', join(folder, 'bin', 'prepare.mjs'));
  writeLockfile('1.0.0');
  return {
    folder,
    installed: join(folder, 'node_modules', '.perennial-lock'),
    prepare: () => run(process.execPath, ['bin/prepare.mjs'], folder),
    changeLockfile: () => {
      writeLockfile('2.0.0');
      const inAMoment = new Date(Date.now() + 50);
      utimesSync(lockfile, inAMoment, inAMoment);
    },
  };
}

function run(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<{ code: number; said: string }> {
  const { PATH, HOME } = process.env;
  return new Promise((resolve) => {
    const child = execFile(program, args, { cwd: folder, env: { PATH, HOME } }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? 1, said: `${stdout}${stderr}`.trim() }),
    );
  });
}

async function pidOfEndedProcess(): Promise<number | undefined> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--version'], () => resolve(child.pid));
  });
}
