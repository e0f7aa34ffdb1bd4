import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { PerennialError } from '../../domain/perennial-error.ts';
import type { JourneyName } from './journey-name.ts';
import { withMessage } from './messages-index.ts';

export interface NewFiles {
  readonly checkout: string;
  readonly names: JourneyName;
  /** By their path in the checkout. */
  readonly files: Readonly<Record<string, string>>;
  /** Files and folders that belong to what is new alone. */
  readonly places: readonly string[];
  /** What is to be done when they are there. */
  readonly afterwards?: () => Promise<unknown>;
}

/**
 * Writes new files and lists their message.
 *
 * All or nothing: what was written is taken back when something fails. Not safe to run twice at the same time.
 *
 * @returns the new files, by their path in the checkout
 * @throws PerennialError `journey-exists` when one of the places is taken
 */
export async function addFiles({ checkout, names, files, places, afterwards }: NewFiles): Promise<string[]> {
  assertFree(checkout, names, [...places, ...Object.keys(files)]);
  const listFile = join(checkout, 'templates/index.ts');
  const list = await readFile(listFile, 'utf8');
  const longerList = withMessage(list, names);
  try {
    for (const [path, text] of Object.entries(files)) await writeNew(join(checkout, path), text);
    await writeFile(listFile, longerList);
    await afterwards?.();
  } catch (error) {
    await writeFile(listFile, list);
    await Promise.all(places.map((path) => rm(join(checkout, path), { recursive: true, force: true })));
    throw error;
  }
  return Object.keys(files);
}

function assertFree(checkout: string, { name }: JourneyName, paths: readonly string[]): void {
  const found = paths.find((path) => existsSync(join(checkout, path)));
  if (found === undefined) return;
  throw new PerennialError(
    'journey-exists',
    `"${name}" is taken: ${found} is there already. Choose another name, or remove what is there.`,
  );
}

async function writeNew(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, file.endsWith('.ts') ? await formatted(file, text) : text, { flag: 'wx' });
}

/** As the lint asks for, however long the name is. */
async function formatted(file: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), parser: 'typescript' });
}
