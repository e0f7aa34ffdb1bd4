import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Finding } from '../domain/finding.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import { about, findJourneys, type JourneyFile } from './find-journeys.ts';

const index = 'workflows/index.ts';

/**
 * Writes `workflows/index.ts`, the list of journeys that workers and intake load, from the files in
 * `workflows/journeys/`.
 *
 * @returns whether it changed
 * @throws PerennialError `journey-invalid` when a file cannot be loaded or a journey is there twice; nothing is written
 */
export async function writeIndex({ checkout }: { readonly checkout: string }): Promise<boolean> {
  const { journeys, findings } = await findJourneys({ checkout });
  const [first] = findings;
  if (first !== undefined) throw new PerennialError('journey-invalid', `${first.file}: ${first.sentence}`);
  const text = indexOf(journeys);
  if (text === (await currentIndex(checkout))) return false;
  await writeFile(join(checkout, index), text);
  return true;
}

/** Finds an index that does not match the files, and files that cannot be in one. */
export async function checkIndex({ checkout }: { readonly checkout: string }): Promise<Finding[]> {
  const { journeys, findings } = await findJourneys({ checkout });
  if (findings.length > 0) return [...findings];
  if ((await currentIndex(checkout)) === indexOf(journeys)) return [];
  return [
    about(
      index,
      'journey-index-stale',
      'It does not match the files in workflows/journeys/. Run "npx perennial check --write" and commit it.',
    ),
  ];
}

/** All campaigns share one workflow type, which is nobody's story. */
const dispatcher = "export { campaignDispatcher as campaign } from './campaign-dispatcher.ts';\n";

function indexOf(journeys: readonly JourneyFile[]): string {
  const stories = journeys.map(
    ({ type, exported, file }) =>
      `export { ${exported} as '${type}' } from './journeys/${basename(file)}';\n`,
  );
  return [dispatcher, ...stories].join('');
}

async function currentIndex(checkout: string): Promise<string | undefined> {
  return readFile(join(checkout, index), 'utf8').catch(() => undefined);
}
