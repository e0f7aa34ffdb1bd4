import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import Handlebars from 'handlebars';
import * as z from 'zod';
import { PerennialError } from '../../domain/perennial-error.ts';
import type { CompiledTemplates } from './compile.ts';
import type { Fault } from './fault.ts';
import { readTemplateFiles, type TemplateFiles } from './template-files.ts';

export interface LoadOptions {
  /** Where the compiled templates are kept between starts; without it they are compiled each time (about a second). */
  readonly cacheFile?: string;
}

/**
 * The compiled templates of a folder. When neither a template nor the compiler has changed since the cache was written,
 * MJML is not even imported, and this takes a few milliseconds.
 *
 * @throws PerennialError `template-invalid` with the places, when a template cannot be compiled.
 */
export async function loadTemplates(
  folder: string,
  { cacheFile }: LoadOptions = {},
): Promise<CompiledTemplates> {
  const files = await readTemplateFiles(folder);
  if (cacheFile === undefined) return compileOrThrow(files);
  const fingerprint = await fingerprintOf(files);
  const kept = await readCache(cacheFile, fingerprint);
  if (kept !== undefined) return kept;
  const templates = await compileOrThrow(files);
  await writeCache(cacheFile, fingerprint, templates);
  return templates;
}

/** The compiled templates of a checkout, kept where its other caches are. */
export function loadTemplatesOf(checkout: string): Promise<CompiledTemplates> {
  const cacheFile = join(checkout, 'node_modules/.cache/perennial/templates.json');
  return loadTemplates(join(checkout, 'templates'), { cacheFile });
}

async function compileOrThrow(files: TemplateFiles): Promise<CompiledTemplates> {
  const { compileTemplates } = await import('./compile.ts');
  const { templates, faults } = await compileTemplates(files);
  if (faults.length > 0) throw new PerennialError('template-invalid', sentenceOf(faults));
  return templates;
}

function sentenceOf(faults: readonly Fault[]): string {
  const shown = faults
    .slice(0, 5)
    .map((each) => `  ${each.file}:${each.line}:${each.column} ${each.sentence}`);
  const places = faults.length === 1 ? 'one place' : `${faults.length} places`;
  return [
    `The templates cannot be compiled, in ${places}:`,
    ...shown,
    'Run "perennial check" for all of them.',
  ].join('\n');
}

/** Of everything that decides what comes out: the templates, this compiler, and the libraries it stands on. */
async function fingerprintOf(files: TemplateFiles): Promise<string> {
  const hash = createHash('sha256');
  hash.update(`handlebars ${Handlebars.VERSION}\n`);
  for (const [path, text] of files.sources) hash.update(`${path}\0${text}\0`);
  hash.update(files.messages.join('\0'));
  for (const text of await compilerSources()) hash.update(text);
  return hash.digest('hex');
}

async function compilerSources(): Promise<string[]> {
  const folder = import.meta.dirname;
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort();
  const mjml = join(folder, '../../node_modules/mjml/package.json');
  return Promise.all(
    [...names.map((name) => join(folder, name)), mjml].map((path) => readFile(path, 'utf8')),
  );
}

const cache = z.object({
  fingerprint: z.string(),
  templates: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        email: z.object({ subject: z.string(), html: z.string(), text: z.string() }).optional(),
        sms: z.object({ text: z.string() }).optional(),
        whatsapp: z
          .object({
            name: z.string(),
            category: z.enum(['marketing', 'utility']),
            body: z.string(),
            variables: z.record(z.string(), z.string()),
          })
          .optional(),
      }),
    ),
  ),
});

/** A cache that is missing, of other templates or half written is no cache; it is made anew. */
async function readCache(file: string, fingerprint: string): Promise<CompiledTemplates | undefined> {
  try {
    const kept = cache.parse(JSON.parse(await readFile(file, 'utf8')));
    return kept.fingerprint === fingerprint ? kept.templates : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside and renamed, so that two processes that start at once never read half a file. */
async function writeCache(file: string, fingerprint: string, templates: CompiledTemplates): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, JSON.stringify({ fingerprint, templates }));
  await rename(beside, file);
}
