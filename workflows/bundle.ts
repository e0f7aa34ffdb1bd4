import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { bundleWorkflowCode, type Logger } from '@temporalio/worker';
import { PerennialError } from '../domain/perennial-error.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const repository = join(here, '..');

export interface BundleOptions {
  /** The module that exports the workflows. Default `workflows/index.ts`. */
  readonly entry?: string;
  /** Where finished bundles are kept. Default `node_modules/.cache/perennial`. */
  readonly cacheFolder?: string;
}

/** What `Worker.create({ workflowBundle })` takes. */
export interface JourneyBundle {
  readonly code: string;
}

/**
 * The journeys, packed for a worker's sandbox. Packing takes seconds, so the result is kept on disk under a hash of
 * everything that goes into it; the next worker starts at once.
 */
export async function bundleJourneys(options: BundleOptions = {}): Promise<JourneyBundle> {
  const { entry = join(here, 'index.ts'), cacheFolder = join(repository, 'node_modules/.cache/perennial') } =
    options;
  const file = join(cacheFolder, `journeys-${await fingerprint(entry)}.cjs`);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { code: kept };

  const code = await pack(entry);
  await keep(file, code);
  return { code };
}

async function pack(entry: string): Promise<string> {
  const complaints: string[] = [];
  try {
    const { code } = await bundleWorkflowCode({ workflowsPath: entry, logger: listener(complaints) });
    return code;
  } catch (cause) {
    throw new PerennialError(
      'bundle-failed',
      `The journeys cannot be packed for a worker. Run "npx perennial check", which says more plainly what a story must not do. The packer says: ${complaints.join('\n') || 'nothing'}`,
      { cause },
    );
  }
}

/** Written beside and renamed, so that another process never reads half a bundle. A cache that cannot be written is no loss. */
async function keep(file: string, code: string): Promise<void> {
  try {
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(`${file}.${process.pid}`, code);
    await rename(`${file}.${process.pid}`, file);
  } catch {
    return;
  }
}

/** Changes whenever the bundle could: the sources beside the entry, ours that a workflow may import, the SDK. */
async function fingerprint(entry: string): Promise<string> {
  const hash = createHash('sha256').update(sdkVersion()).update(relative(repository, entry));
  const folders = new Set([dirname(entry), dirname(join(here, 'index.ts')), join(repository, 'domain')]);
  const files = await Promise.all([...folders].map(sourcesIn));
  for (const file of files.flat()) {
    hash.update(`\n${relative(repository, file)}\n`).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function sourcesIn(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true });
  return files
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map((file) => join(folder, file));
}

function sdkVersion(): string {
  const { version }: { version: string } = createRequire(import.meta.url)('@temporalio/worker/package.json');
  return version;
}

/** The packer's progress is of no interest; what it complains of is kept. */
function listener(complaints: string[]): Logger {
  const ignore = () => undefined;
  // The errors stand at the end of a long account of what went well.
  const complain = (message: string) =>
    complaints.push(
      ...stripVTControlCharacters(message)
        .split(/^(?=ERROR in )/m)
        .slice(1),
    );
  return {
    log: (level, message) => (level === 'ERROR' ? complain(message) : undefined),
    trace: ignore,
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: complain,
  };
}
