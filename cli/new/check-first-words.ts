import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTemplateFiles } from '../../delivery/rendering/template-files.ts';
import type { Finding } from '../../domain/finding.ts';
import type { JourneyTypeName } from '../../domain/journey.ts';
import { findJourneys } from '../../workflows/find-journeys.ts';
import { readLock } from '../../workflows/released-lock.ts';
import { firstWords } from './first-words.ts';

/**
 * Finds words that `perennial new journey` wrote and nobody has replaced. They are a warning while the journey is being
 * written, and a mistake once a released journey sends them: then customers read them.
 */
export async function checkFirstWords({ checkout }: { readonly checkout: string }): Promise<Finding[]> {
  const { sources } = await readTemplateFiles(join(checkout, 'templates'));
  const places = [...sources].flatMap(([file, text]) => placesIn(file, text));
  if (places.length === 0) return [];
  const senders = await releasedSenders(checkout);
  return places.map(({ message, ...place }) => findingAt(place, senders.get(message)));
}

type SourcePlace = Pick<Finding, 'file' | 'line' | 'column'>;

function placesIn(path: string, text: string): (SourcePlace & { readonly message: string })[] {
  const [message = ''] = path.split('/');
  const file = `templates/${path}`;
  return text.split('\n').flatMap((words, index) => {
    const starts = Object.values(firstWords).map((first) => words.indexOf(first));
    return starts
      .filter((start) => start !== -1)
      .map((start) => ({ message, file, line: index + 1, column: start + 1 }));
  });
}

function findingAt(place: SourcePlace, sender: JourneyTypeName | undefined): Finding {
  const what = 'These are still the words that "perennial new journey" wrote as a beginning.';
  const finding = { ...place, rule: 'first-words' };
  return sender === undefined
    ? {
        ...finding,
        warning: true,
        sentence: `${what} Write your own before you release the journey; from then on it is a mistake.`,
      }
    : { ...finding, sentence: `${what} Write your own: ${sender} is released, so customers get them.` };
}

/** By message, a released journey whose story sends it. */
async function releasedSenders(checkout: string): Promise<ReadonlyMap<string, JourneyTypeName>> {
  const lock = await readLock(checkout);
  const { journeys } = await findJourneys({ checkout });
  const senders = new Map<string, JourneyTypeName>();
  for (const { type, file } of journeys.filter(({ type }) => type in lock)) {
    for (const message of messagesSentBy(await readFile(join(checkout, file), 'utf8'))) {
      senders.set(message, type);
    }
  }
  return senders;
}

/** The rules for stories want the name of a message written out. */
function messagesSentBy(story: string): string[] {
  return [...story.matchAll(/\bsend\(\s*['"]([^'"]+)['"]/g)].flatMap(([, message]) => message ?? []);
}
