import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

import { findOrBuildTemporal } from '../../engine/temporal/find-temporal.ts';
import { bareEnvironment, fakeProgram } from './fake-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 60_000 });
const checkout = process.cwd();

test('takes a temporal on the PATH that is new enough', async () => {
  const { bin, find } = machine();
  fakeProgram(bin, 'temporal', 'echo "temporal version 1.10.0 (Server 1.33.2, UI 2.60.0)"');

  expect(await find()).toEqual({ executable: join(bin, 'temporal'), origin: 'path', version: '1.33.2' });
});

test('does not take a temporal that is too old, and says what to do', async () => {
  const { bin, find } = machine();
  fakeProgram(bin, 'temporal', 'echo "temporal version 1.4.0 (Server 1.28.0, UI 2.37.0)"');

  await expect(find()).rejects.toMatchObject({
    code: 'engine-temporal-too-old',
    message: expect.stringMatching(/Server 1\.28\.0.*1\.9\.1 or later.*TEMPORAL_ADDRESS/s) as string,
  });
});

test('does not take a program named temporal that is something else', async () => {
  const { bin, find } = machine();
  fakeProgram(bin, 'temporal', 'echo "temporal: a calculator of dates"');

  await expect(find()).rejects.toMatchObject({ code: 'engine-temporal-too-old' });
});

test('says that Go is missing when there is nothing at all', async () => {
  const { find, said } = machine();

  await expect(find()).rejects.toMatchObject({
    code: 'engine-go-missing',
    message: expect.stringMatching(/Install Go.*Temporal CLI 1\.9\.1.*TEMPORAL_ADDRESS/s) as string,
  });
  expect(said.join('\n')).not.toMatch(/Building/);
});

function machine() {
  const folder = temporaryFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const said: string[] = [];
  const surroundings = { cacheFolder: join(folder, 'cache'), environment: bareEnvironment(bin) };
  return {
    bin,
    said,
    find: () => findOrBuildTemporal({ checkout, surroundings, onProgress: (line) => said.push(line) }),
  };
}
