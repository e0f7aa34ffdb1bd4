import type { CompiledTemplates } from '../compile.ts';
import { compileEmail } from '../compile-email.ts';
import type { Composed } from '../compose.ts';
import { expressionsOf } from '../expressions.ts';
import { fault, type Fault } from '../fault.ts';
import { plainTextOf } from '../plain-text.ts';
import { filesOfChannel, type TemplateFiles } from '../template-files.ts';
import type { CheckedMessage } from './checked-message.ts';

/** Is every file there that the message needs in this language? */
export function missingFiles(
  files: TemplateFiles,
  message: CheckedMessage,
  language: string,
  all: readonly string[],
): Fault[] {
  return message.channels
    .flatMap((channel) => filesOfChannel[channel])
    .map((name) => `${message.name}/${language}/${name}`)
    .filter((path) => !files.sources.has(path))
    .map((path) => {
      const other = all.find((each) => files.sources.has(path.replace(`/${language}/`, `/${each}/`)));
      const start = other === undefined ? 'Write it' : `Copy it from ${other}/ and translate it`;
      return fault(
        'missing-locale',
        { file: path, line: 1, column: 1 },
        `The file is missing: the shop writes in ${all.join(' and ')}, so "${message.name}" needs its words in "${language}" too. ${start}.`,
      );
    });
}

/** What surrounds the words: everything of the layout, and what it puts into the title and the preheader. */
const besideTheWords = /^layouts\/|\/(?:footer|subject|preheader)\.\w+$/;

/** A mail must say something to someone who sees no pictures and to a spam filter that reads the text part. */
export function missingText(composed: Composed, file: string): Fault[] {
  const own = composed.pieces
    .filter((piece) => !besideTheWords.test(piece.file))
    .map(({ text }) => text.replace(/\{\{[#/^!~][\s\S]*?\}\}|\{\{else[\s\S]*?\}\}/g, ' '));
  if (/[\p{L}\p{N}]/u.test(plainTextOf(own.join('')))) return [];
  return [
    fault(
      'missing-text',
      { file, line: 1, column: 1 },
      'The text part would be empty: besides its layout the mail holds only pictures or parts that are marked not-in-text. Say in words what it is about.',
    ),
  ];
}

/** Whoever gets marketing must find the way out in it, in each of its parts. */
export async function missingUnsubscribe(message: CheckedMessage, parts: readonly Part[]): Promise<Fault[]> {
  if (message.purpose !== 'marketing') return [];
  const found = await Promise.all(parts.map(async (part) => ({ part, texts: await textsOf(part) })));
  return found.flatMap(({ part, texts }) =>
    texts
      .filter(
        ({ template }) => !expressionsOf(template).some(({ words }) => words.includes('links.unsubscribe')),
      )
      .map(({ name }) =>
        fault(
          'missing-unsubscribe',
          { file: part.file, line: 1, column: 1 },
          `Marketing must always show how to stop it, and the ${name} does not. Paste in {{> footer}}, or write {{url links.unsubscribe}}.`,
        ),
      ),
  );
}

export interface Part {
  readonly file: string;
  readonly channel: 'email' | 'sms';
  readonly composed: Composed;
}

async function textsOf({ channel, composed }: Part): Promise<{ name: string; template: string }[]> {
  if (channel === 'sms') return [{ name: 'text message', template: composed.text }];
  const { html, text } = await compileEmail(composed);
  const body = html.slice(html.indexOf('<body'));
  const withIt = [{ name: 'mail', template: body }];
  // One finding is enough: what the mail lacks its text part lacks too.
  return body.includes('links.unsubscribe')
    ? [...withIt, { name: 'text part of the mail', template: text }]
    : withIt;
}

/** True when there is something to render at all. */
export function isCompiled(templates: CompiledTemplates, message: string, language: string): boolean {
  const words = templates[message]?.[language];
  return words?.email !== undefined || words?.sms !== undefined || words?.whatsapp !== undefined;
}
