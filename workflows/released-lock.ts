import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { campaignWorkflowType } from '../domain/campaign.ts';
import type { JourneyTypeName } from '../domain/journey.ts';
import type { JourneyFile } from './find-journeys.ts';

/** A journey by name and version, or the dispatcher that all campaigns share. */
export type ReleasedType = JourneyTypeName | typeof campaignWorkflowType;

/** What was released: by its type, a hash of what it does. Runs of it may be alive for months. */
export type ReleasedLock = Readonly<Partial<Record<ReleasedType, string>>>;

const lockFile = 'workflows/released.lock.json';

/** The lock of the checkout; empty before the first release. */
export async function readLock(checkout: string): Promise<ReleasedLock> {
  const text = await readFile(join(checkout, lockFile), 'utf8').catch(() => '{}');
  return JSON.parse(text) as ReleasedLock;
}

export async function writeLock(checkout: string, lock: ReleasedLock): Promise<void> {
  const sorted = Object.fromEntries(
    Object.entries(lock).sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })),
  );
  await writeFile(join(checkout, lockFile), `${JSON.stringify(sorted, null, 2)}\n`);
}

/**
 * A hash of everything that a story's course depends on: its file and the files beside it that it imports, and theirs.
 * Where they lie does not count, so a released version may be moved to another file.
 */
export async function hashOfStory(checkout: string, { file }: Pick<JourneyFile, 'file'>): Promise<string> {
  const texts: string[] = [];
  const seen = new Set<string>();
  const waiting = [join(checkout, file)];
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const text = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n');
    texts.push(text);
    waiting.push(...siblingsIn(text).map((sibling) => join(dirname(path ?? ''), sibling)));
  }
  return createHash('sha256').update(texts.join('\n')).digest('hex');
}

/** The files beside it whose code it imports; types leave no trace in a run. */
function siblingsIn(text: string): string[] {
  return [...text.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?from\s+'(\.\/[^']+)'/gm)].flatMap(
    ([, specifier]) => (specifier === undefined ? [] : [specifier]),
  );
}
