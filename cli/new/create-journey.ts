import type { ChannelName } from '../../domain/channel-name.ts';
import { writeIndex } from '../../workflows/write-index.ts';
import { addFiles } from './add-files.ts';
import { journeyNameOf, type JourneyName } from './journey-name.ts';
import { outlineOf } from './journey-outline.ts';
import { journeyText } from './journey-text.ts';
import { messageFiles } from './message-text.ts';
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
  const names = journeyNameOf(journey.name);
  return addFiles({
    checkout,
    names,
    files: filesOf(names, journey),
    places: placesOf(journey.name),
    afterwards: () => writeIndex({ checkout }),
  });
}

function filesOf(
  names: JourneyName,
  { on, channels, languages }: Omit<NewJourney, 'checkout'>,
): Record<string, string> {
  const { name } = names;
  const outline = outlineOf(on);
  return {
    [`workflows/journeys/${name}.ts`]: journeyText(names, outline),
    ...messageFiles(names, outline, { channels, languages }),
    [`tests/journeys/${name}.test.ts`]: testText(names, outline, channels[0] ?? 'email'),
  };
}

/** What belongs to a new journey alone. */
function placesOf(name: string): string[] {
  return [`workflows/journeys/${name}.ts`, `templates/${name}`, `tests/journeys/${name}.test.ts`];
}
