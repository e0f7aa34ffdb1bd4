import * as z from 'zod';
import type { WhatsAppCategory } from '../../domain/rendered-message.ts';
import type { Composed } from './compose.ts';
import { fault, type Fault } from './fault.ts';
import { placeAt, type SourcePlace } from './source-place.ts';
import { TemplateError } from './template-error.ts';

/**
 * The words of a WhatsApp message, `whatsapp.json`: what Meta approved under a name, with places `{{1}}`, `{{2}}` … that
 * expressions fill.
 */
export interface WhatsAppTemplate {
  readonly name: string;
  readonly category: WhatsAppCategory;
  readonly body: string;
  /** By the number of the place. */
  readonly variables: Readonly<Record<string, string>>;
}

const schema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9_]{1,512}$/, 'Meta allows small letters, digits and underscores in a name.'),
  category: z.enum(['marketing', 'utility']),
  body: z.string().min(1, 'It must say something.'),
  variables: z.record(
    z.string().regex(/^[1-9]\d?$/, 'A variable is called by the number of its place, such as "1".'),
    z.string().min(1),
  ),
});

/** @throws TemplateError with the line and column of what is wrong */
export function parseWhatsAppTemplate(file: string, source: string): WhatsAppTemplate {
  const parsed = schema.safeParse(parseJson(file, source));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = (issue?.path ?? []).map(String);
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  throw new TemplateError(
    'whatsapp',
    placeOfKey(file, source, [...path, ...unknown].at(-1)),
    `${[...path, ...unknown].join('.') || 'The file'}: ${issue?.message ?? 'not as expected'} A whatsapp.json has name, category ("marketing" or "utility"), body and variables.`,
  );
}

function parseJson(file: string, source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const place = placeAt(file, source, firstFault(source, reason));
    throw new TemplateError('syntax', place, `This is not JSON: ${reason.split('\n')[0] ?? reason}`);
  }
}

/** Where JSON stops being JSON. The engine tells some positions; else it is the first character that it trips over. */
function firstFault(source: string, reason: string): number {
  const told = /at position (\d+)/.exec(reason)?.[1];
  if (told !== undefined) return Number(told);
  const ends = Array.from({ length: source.length }, (_, index) => index + 1);
  return (ends.find((end) => tripsOver(source.slice(0, end))) ?? source.length) - 1;
}

function tripsOver(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return false;
  } catch (error) {
    return error instanceof Error && error.message.startsWith('Unexpected token');
  }
}

function placeOfKey(file: string, source: string, key: string | undefined): SourcePlace {
  const at = key === undefined ? 0 : source.indexOf(JSON.stringify(key));
  return placeAt(file, source, Math.max(0, at));
}

const hole = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Meta's limit for the text of a template. */
export const mostWhatsAppCharacters = 1024;

/** What Meta would refuse, and what would be filled wrongly. */
export function checkWhatsAppTemplate(file: string, source: string, template: WhatsAppTemplate): Fault[] {
  const { body, variables } = template;
  const holes = [...body.matchAll(hole)].map((match) => match[1] ?? '');
  const at = (key: string) => placeOfKey(file, source, key);
  const wanted = holes.map((_, index) => String(index + 1));
  const faults: (Fault | false)[] = [
    ...[...new Set(holes)]
      .filter((name) => !/^\d+$/.test(name))
      .map((name) =>
        fault(
          'whatsapp',
          at('body'),
          `{{${name}}} cannot stand in an approved text. Write {{1}}, {{2}} … and say under "variables" what fills them.`,
        ),
      ),
    holes.every((name) => /^\d+$/.test(name)) &&
      [...new Set(holes)].sort((a, b) => Number(a) - Number(b)).join() !==
        wanted.slice(0, new Set(holes).size).join() &&
      fault(
        'whatsapp',
        at('body'),
        `The places of a body are counted from {{1}} without a gap; these are ${holes.map((name) => `{{${name}}}`).join(', ')}.`,
      ),
    ...holes
      .filter((name) => /^\d+$/.test(name) && !Object.hasOwn(variables, name))
      .map((name) =>
        fault('whatsapp', at('body'), `Nothing fills {{${name}}}. Add "${name}" to the variables.`),
      ),
    ...Object.keys(variables)
      .filter((name) => !holes.includes(name))
      .map((name) =>
        fault('whatsapp', at(name), `The body has no {{${name}}}. Put it in, or take the variable out.`),
      ),
    /^\s*\{\{|\}\}\s*$/.test(body) &&
      fault(
        'whatsapp',
        at('body'),
        'Meta refuses a text that begins or ends with a variable. Put words around it.',
      ),
    /\}\}\s*\{\{/.test(body) &&
      fault('whatsapp', at('body'), 'Meta refuses two variables side by side. Put words between them.'),
    body.length > mostWhatsAppCharacters &&
      fault(
        'whatsapp',
        at('body'),
        `The body has ${body.length} characters, and Meta takes ${mostWhatsAppCharacters}. Shorten it.`,
      ),
  ];
  return faults.filter((each) => each !== false);
}

/** The body with its places filled. */
export function fillBody(body: string, variables: Readonly<Record<string, string>>): string {
  return body.replace(hole, (whole, name: string) => variables[name] ?? whole);
}

/** The expressions that fill the places, each as a piece of text that knows where it stands in the file. */
export function expressionsOfVariables(file: string, source: string, template: WhatsAppTemplate): Composed[] {
  return Object.entries(template.variables).map(([name, expression]) => {
    const start = startOfValue(source, name, expression);
    const offsets = start === undefined ? [] : offsetsOf(source, start);
    return {
      text: expression,
      placeOf: (offset) => placeAt(file, source, offsets[offset] ?? start ?? 0),
      pieces: [{ file, text: expression }],
    };
  });
}

/** Where the words of a value begin, behind their quotation mark. */
function startOfValue(source: string, name: string, value: string): number | undefined {
  const variables = Math.max(0, source.indexOf('"variables"'));
  const key = source.indexOf(JSON.stringify(name), variables + '"variables"'.length);
  if (key === -1) return undefined;
  const quote = source.indexOf('"', source.indexOf(':', key) + 1);
  return quote === -1 || value === '' ? undefined : quote + 1;
}

/** Where each character of a JSON text stands in its source: `\"` and `\u0041` are one character each. */
function offsetsOf(source: string, start: number): number[] {
  const offsets: number[] = [];
  let at = start;
  while (at < source.length && source[at] !== '"') {
    offsets.push(at);
    if (source[at] !== '\\') at += 1;
    else at += source[at + 1] === 'u' ? 6 : 2;
  }
  return offsets;
}
