import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleJourneys } from '../../workflows/bundle.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-bundle-'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Its source map is left out: it quotes sources whose imports were only of types. */
const withoutSourceMap = (code: string) => code.replace(/\/\/# sourceMappingURL=.*/g, '');

it('packs the dispatcher of campaigns, without the calendar, whose data may differ between two releases of Node', async () => {
  const code = withoutSourceMap((await bundleJourneys()).code);
  expect(code).toContain('campaignDispatcher');
  expect(code).not.toMatch(/date-holidays|temporal-polyfill|dangi/);
});

it('packs the journeys without the schemas of events and messages, which would cost memory per run', async () => {
  const code = withoutSourceMap((await bundleJourneys()).code);
  expect(code).toContain('abandoned-cart@1');
  expect(code).not.toMatch(/\bzod\b|handlebars|mjml|kysely/i);
});

it('packs once, and again only when a source has changed', async () => {
  const entry = join(folder, 'index.ts');
  const cacheFolder = join(folder, 'cache');
  await writeFile(entry, `export async function one(): Promise<number> { return 1; }\n`);
  const first = await bundleJourneys({ entry, cacheFolder });
  expect(await bundleJourneys({ entry, cacheFolder })).toEqual(first);
  expect(await readdir(cacheFolder)).toHaveLength(1);

  await writeFile(entry, `export async function one(): Promise<number> { return 2; }\n`);
  expect(await bundleJourneys({ entry, cacheFolder })).not.toEqual(first);
  expect(await readdir(cacheFolder)).toHaveLength(2);
});

it('says what the packer could not do', async () => {
  const entry = join(folder, 'broken.ts');
  await writeFile(entry, `export { nothing } from './not-there.ts';\n`);
  await expect(bundleJourneys({ entry, cacheFolder: join(folder, 'cache') })).rejects.toMatchObject({
    code: 'bundle-failed',
    message: expect.stringContaining("Can't resolve './not-there.ts'"),
  });
});
