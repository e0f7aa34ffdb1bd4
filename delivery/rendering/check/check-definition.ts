import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fault, type Fault } from '../fault.ts';
import { placeAt, type SourcePlace } from '../source-place.ts';
import type { TemplateFiles } from '../template-files.ts';
import type { CheckedMessage } from './checked-message.ts';
import type { Shape } from './shape.ts';
import { standardFields } from './standard-shape.ts';
import { unboundedPaths } from './worst-case.ts';

/** Holds the list of messages against the folders beside it, in both directions. */
export function checkList(files: TemplateFiles, messages: Readonly<Record<string, CheckedMessage>>): Fault[] {
  const place = { file: 'index.ts', line: 1, column: 1 };
  const listed = Object.keys(messages);
  return [
    ...files.messages
      .filter((folder) => !listed.includes(folder))
      .map((folder) =>
        fault(
          'definition',
          place,
          `The message "${folder}" has a folder and is not listed. Add it to messages in index.ts, so that stories can send it.`,
        ),
      ),
    ...listed
      .filter((name) => !files.messages.includes(name))
      .map((name) =>
        fault(
          'definition',
          place,
          `The message "${name}" is listed and has no folder. Create ${name}/message.ts, or take it out of the list.`,
        ),
      ),
    ...Object.entries(messages)
      .filter(([key, { name }]) => key !== name)
      .map(([key, { name }]) =>
        fault(
          'definition',
          place,
          `The message listed as "${key}" calls itself "${name}". Both must be the name of its folder.`,
        ),
      ),
  ];
}

/** What can be seen in `message.ts` alone: names, limits, and a sample that fits its own schema. */
export async function checkDefinition(
  files: TemplateFiles,
  message: CheckedMessage,
  shape: Shape,
): Promise<Fault[]> {
  const at = await createPlaceFinder(files, message);
  if (shape.kind !== 'object') {
    return [
      fault(
        'definition',
        at('data'),
        `The data of a message are an object with named fields. Write data: z.strictObject({ … }).`,
      ),
    ];
  }
  return [
    ...Object.keys(shape.fields)
      .filter((name) => Object.hasOwn(standardFields, name))
      .map((name) =>
        fault(
          'definition',
          at('data'),
          `Every message already has "${name}". Give the field of the data schema another name.`,
        ),
      ),
    ...unboundedPaths(shape).map((path) =>
      fault(
        'unbounded-data',
        at('data'),
        `"${path}" has no upper limit, so nobody can tell how long the message gets. Add .max(…) in the data schema, and use no unions or records there.`,
      ),
    ),
    ...checkSample(message, at('sample')),
  ];
}

function checkSample(message: CheckedMessage, place: SourcePlace): Fault[] {
  const { error } = message.data.safeParse(message.sample);
  return (error?.issues ?? []).map(({ path, message: reason }) =>
    fault(
      'definition',
      place,
      `The sample does not fit the data schema: ${path.join('.')}: ${reason}. Correct the sample, which previews and tests show.`,
    ),
  );
}

/** Where a field of the definition stands in `message.ts`; its top when it is not written there. */
async function createPlaceFinder(
  files: TemplateFiles,
  message: CheckedMessage,
): Promise<(field: string) => SourcePlace> {
  const file = `${message.name}/message.ts`;
  const text = await readFile(join(files.folder, file), 'utf8').catch(() => '');
  return (field) => placeAt(file, text, Math.max(0, text.search(new RegExp(`\\b${field}\\b\\s*[:,]`))));
}
