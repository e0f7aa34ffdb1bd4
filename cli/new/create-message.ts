import type { ChannelName } from '../../domain/channel-name.ts';
import { addFiles } from './add-files.ts';
import { journeyNameOf } from './journey-name.ts';
import { outlineOf } from './journey-outline.ts';
import { messageFiles } from './message-text.ts';

export interface NewMessage {
  readonly checkout: string;
  readonly name: string;
  /** The event that starts the journey which sends it. */
  readonly on: string;
  readonly channels: readonly ChannelName[];
  readonly languages: readonly string[];
}

/**
 * Writes one more message, for a journey that is there, and lists it.
 *
 * @returns the new files, by their path in the checkout, and the call that sends it
 * @throws PerennialError like `createJourney`
 */
export async function createMessage({
  checkout,
  name,
  on,
  channels,
  languages,
}: NewMessage): Promise<{ readonly files: readonly string[]; readonly call: string }> {
  const names = journeyNameOf(name);
  const outline = outlineOf(on);
  const files = await addFiles({
    checkout,
    names,
    files: messageFiles(names, outline, { channels, languages }),
    places: [`templates/${name}`],
  });
  const { subject, keyField } = outline;
  return { files, call: `await send('${name}', { ${subject}: ${subject}.${keyField} })` };
}
