import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { ChannelName } from '../../domain/channel-name.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import { writeIndex } from '../../workflows/write-index.ts';
import { journeyNameOf, type JourneyName } from './journey-name.ts';
import { journeyStartOf } from './journey-start.ts';
import { journeyText } from './journey-text.ts';
import { messageTexts } from './message-text.ts';
import { withMessage } from './messages-index.ts';
import { testText } from './test-text.ts';

export interface NewJourney {
  readonly checkout: string;
  readonly name: string;
  /** The event that starts it. */
  readonly on: string;
  /** By which its message may go: the first that is possible is taken. At least one. */
  readonly channels: readonly ChannelName[];
  /** Languages that the message is written in; words in others than English and Korean begin as the English ones. */
  readonly languages: readonly string[];
}

/**
 * Writes a journey, its message and its test, and lists them where they are found.
 *
 * All or nothing: what was written is taken back when something fails. Not safe to run twice at the same time.
 *
 * @returns the new files, by their path in the checkout
 * @throws PerennialError `journey-invalid` for a bad name, `event-unknown-type` for a bad event, `journey-exists` when a
 * file of that name is there already
 */
export async function createJourney({ checkout, ...journey }: NewJourney): Promise<string[]> {
  const { name } = journey;
  const names = journeyNameOf(name);
  const files = filesOf(names, journey);
  assertFree(checkout, names, Object.keys(files));
  const listFile = join(checkout, 'templates/index.ts');
  const list = await readFile(listFile, 'utf8');
  const longerList = withMessage(list, names);
  try {
    for (const [path, text] of Object.entries(files)) await writeNew(join(checkout, path), text);
    await writeFile(listFile, longerList);
    await writeIndex({ checkout });
  } catch (error) {
    await writeFile(listFile, list);
    await Promise.all(
      placesOf(name).map((path) => rm(join(checkout, path), { recursive: true, force: true })),
    );
    throw error;
  }
  return Object.keys(files);
}

function filesOf(
  names: JourneyName,
  { on, channels, languages }: Omit<NewJourney, 'checkout'>,
): Record<string, string> {
  const { name } = names;
  const start = journeyStartOf(on);
  const words = Object.entries(messageTexts(names, start, { channels, languages }));
  return {
    [`workflows/journeys/${name}.ts`]: journeyText(names, start),
    ...Object.fromEntries(words.map(([file, text]) => [`templates/${name}/${file}`, text])),
    [`tests/journeys/${name}.test.ts`]: testText(names, start, channels[0] ?? 'email'),
  };
}

/** What belongs to a new journey alone. */
function placesOf(name: string): string[] {
  return [`workflows/journeys/${name}.ts`, `templates/${name}`, `tests/journeys/${name}.test.ts`];
}

function assertFree(checkout: string, { name }: JourneyName, files: readonly string[]): void {
  const found = [...placesOf(name), ...files].find((path) => existsSync(join(checkout, path)));
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
