import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

import { buildTemporal } from '../../engine/temporal/build-temporal.ts';
import { fakeProgram } from './fake-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });

/** A compiler that takes half a second and notes each time it is asked to build. */
const compiler = `
case "$1" in
  version) echo "go version go1.26.8 linux/amd64" ;;
  list) printf 'one\\ntwo\\n' ;;
  build)
    echo built >> "$BUILDS"
    while [ "$1" != -o ]; do shift; done
    sleep 0.5
    printf '#!/bin/sh\\necho temporal' > "$2"; chmod +x "$2" ;;
esac`;

test('builds once for two that need it at the same time', async () => {
  const { bin, build, builds, said } = machine();
  fakeProgram(bin, 'go', compiler);

  const [first, second] = await Promise.all([build(), build()]);

  expect(first).toBe(second);
  expect(existsSync(first)).toBe(true);
  expect(builds()).toBe(1);
  expect(said.join('\n')).toMatch(/about five minutes/);
});

test('does not build again what is there', async () => {
  const { bin, build, builds } = machine();
  fakeProgram(bin, 'go', compiler);
  await build();
  await build();

  expect(builds()).toBe(1);
});

test('builds again when the sources have changed', async () => {
  const { bin, build, builds, checkout } = machine();
  fakeProgram(bin, 'go', compiler);
  const before = await build();
  writeFileSync(join(checkout, 'engine', 'server', 'main.go'), 'package main // changed');

  expect(await build()).not.toBe(before);
  expect(builds()).toBe(2);
});

test('builds again after a build that was killed, since its holder is gone', async () => {
  const { bin, build, builds } = machine();
  fakeProgram(bin, 'go', compiler.replace('sleep 0.5', 'exit 137'));
  await expect(build()).rejects.toMatchObject({ code: 'engine-build-failed' });
  fakeProgram(bin, 'go', compiler);

  expect(existsSync(await build())).toBe(true);
  expect(builds()).toBe(2);
});

test('says what Go said when the build fails', async () => {
  const { bin, build } = machine();
  fakeProgram(
    bin,
    'go',
    `[ "$1" = version ] && exit 0; echo 'dial tcp: lookup proxy: no such host' >&2; exit 1`,
  );

  await expect(build()).rejects.toMatchObject({
    code: 'engine-build-failed',
    retryable: true,
    message: expect.stringMatching(/no such host[\s\S]*npx perennial engine build/) as string,
  });
});

test('says that the disk is full when it is, and not that the build failed', async () => {
  const { bin, build } = machine();
  fakeProgram(bin, 'go', `[ "$1" = version ] && exit 0; echo 'write: no space left on device' >&2; exit 1`);

  await expect(build()).rejects.toMatchObject({ code: 'engine-disk-full', retryable: true });
});

function machine() {
  const folder = temporaryFolder();
  const checkout = join(folder, 'checkout');
  const bin = join(folder, 'bin');
  const notes = join(folder, 'builds');
  mkdirSync(join(checkout, 'engine', 'server'), { recursive: true });
  writeFileSync(join(checkout, 'engine', 'server', 'main.go'), 'package main');
  const said: string[] = [];
  const surroundings = {
    cacheFolder: join(folder, 'cache'),
    environment: { PATH: `${bin}:/usr/bin:/bin`, BUILDS: notes },
  };
  return {
    bin,
    checkout,
    said,
    build: () => buildTemporal({ checkout, surroundings, onProgress: (line) => said.push(line) }),
    builds: () => readFileSync(notes, 'utf8').trim().split('\n').length,
  };
}
