import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTemplates } from '../../delivery/rendering/load-templates.ts';
import { copyTemplates, type TemplatesCopy } from './sample-shop.ts';

let copy: TemplatesCopy;
let cache: string;
beforeEach(async () => {
  copy = await copyTemplates();
  cache = await mkdtemp(join(tmpdir(), 'perennial-cache-'));
});
afterEach(async () => {
  await copy.dispose();
  await rm(cache, { recursive: true });
});

describe('the cache of compiled templates', () => {
  it('gives the same templates, and does not import MJML', async () => {
    const cacheFile = join(cache, 'deep', 'templates.json');
    const compiled = await loadTemplates(copy.folder, { cacheFile });
    expect(await loadTemplates(copy.folder, { cacheFile })).toEqual(compiled);
    expect(await modulesLoadedBy(copy.folder, cacheFile)).toEqual({ mjml: false, handlebars: true });
    await rm(cacheFile);
    expect(await modulesLoadedBy(copy.folder, cacheFile)).toEqual({ mjml: true, handlebars: true });
  });

  it('is not used once a word has changed', async () => {
    const cacheFile = join(cache, 'templates.json');
    const before = await loadTemplates(copy.folder, { cacheFile });
    await copy.edit('partials/en/footer.mjml', 'Stop these messages', 'No more messages');
    const after = await loadTemplates(copy.folder, { cacheFile });
    expect(after['cart-reminder']?.['en']?.email?.html).toContain('No more messages');
    expect(before['cart-reminder']?.['en']?.email?.html).not.toContain('No more messages');
  });

  it('is made anew when it is broken', async () => {
    const cacheFile = join(cache, 'templates.json');
    const compiled = await loadTemplates(copy.folder, { cacheFile });
    await writeFile(cacheFile, (await readFile(cacheFile, 'utf8')).slice(0, 5_000));
    expect(await loadTemplates(copy.folder, { cacheFile })).toEqual(compiled);
  });
});

describe('templates that cannot be compiled', () => {
  it('are refused with their places, and leave no cache', async () => {
    const cacheFile = join(cache, 'templates.json');
    await copy.edit('cart-reminder/en/email.mjml', '{{> action}}', '{{> acton}}');
    await expect(loadTemplates(copy.folder, { cacheFile })).rejects.toThrow(
      expect.objectContaining({
        code: 'template-invalid',
        message: expect.stringContaining('cart-reminder/en/email.mjml:9:7'),
      }),
    );
    await expect(readFile(cacheFile)).rejects.toThrow('ENOENT');
  });
});

/** In a process of its own, since this one has long imported everything. */
async function modulesLoadedBy(folder: string, cacheFile: string) {
  const loader = join(import.meta.dirname, '../../delivery/rendering/load-templates.ts');
  const script = `
    import { createRequire } from 'node:module';
    import { loadTemplates } from ${JSON.stringify(loader)};
    await loadTemplates(${JSON.stringify(folder)}, { cacheFile: ${JSON.stringify(cacheFile)} });
    const loaded = Object.keys(createRequire(${JSON.stringify(loader)}).cache);
    const has = (name) => loaded.some((path) => path.includes('/node_modules/' + name + '/'));
    console.log(JSON.stringify({ mjml: has('mjml-core'), handlebars: has('handlebars') }));`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: join(import.meta.dirname, '../..'),
    timeout: 25_000,
  });
  return JSON.parse(stdout) as unknown;
}
