import { basename } from 'node:path';
import { checkDefinition, checkList } from './check/check-definition.ts';
import {
  isCompiled,
  missingFiles,
  missingText,
  missingUnsubscribe,
  type Part,
} from './check/check-completeness.ts';
import { checkColumns } from './check/check-columns.ts';
import { checkLinks, checkPlainLinks } from './check/check-links.ts';
import { checkSize } from './check/check-size.ts';
import { checkLabels } from './check/check-labels.ts';
import { checkVariables } from './check/check-variables.ts';
import { readWhatsAppWords } from './check/check-whatsapp.ts';
import type { CheckedMessage, CheckedShop } from './check/checked-message.ts';
import { shapeOf, type ShapeOf } from './check/shape.ts';
import { standardFields } from './check/standard-shape.ts';
import { compileTemplates, type CompiledTemplates } from './compile.ts';
import { compose } from './compose.ts';
import { faultOf, type Fault } from './fault.ts';
import { readTemplateFiles, type TemplateFiles } from './template-files.ts';

export type { CheckedMessage, CheckedShop } from './check/checked-message.ts';

export interface CheckInput {
  /** The folder that holds one folder per message, and `partials/` and `layouts/`. */
  readonly folder: string;
  readonly messages: Readonly<Record<string, CheckedMessage>>;
  readonly brand: CheckedShop['brand'];
  /** Languages that every message must be written in. */
  readonly languages: readonly string[];
  readonly wordings?: CheckedShop['wordings'];
  readonly wordingRules?: CheckedShop['wordingRules'];
}

/**
 * Everything that can be known to be wrong with the messages before one is sent: variables against the data schema,
 * what MJML would drop, links, languages, text parts, the way out of marketing, and sizes with the longest data.
 * Files are named from the folder's own name on: `templates/cart-reminder/en/email.mjml`.
 */
export async function checkMessages({ folder, messages, ...shop }: CheckInput): Promise<Fault[]> {
  const files = await readTemplateFiles(folder);
  const { templates, faults } = await compileTemplates(files);
  const found = checkList(files, messages);
  const known = Object.values(messages).filter(({ name }) => files.messages.includes(name));
  for (const message of known) {
    found.push(...(await checkMessage({ files, templates, message, shop })));
  }
  // What the Handlebars compiler stumbles over, such as an unknown helper, is told better by the check of variables.
  found.push(...faults.filter(({ rule }) => rule !== 'handlebars' || found.length === 0));
  return inOrder(found).map((each) => ({ ...each, file: `${basename(folder)}/${each.file}` }));
}

interface MessageQuestion {
  readonly files: TemplateFiles;
  readonly templates: CompiledTemplates;
  readonly message: CheckedMessage;
  readonly shop: CheckedShop;
}

async function checkMessage(question: MessageQuestion): Promise<Fault[]> {
  const { files, message, shop } = question;
  const shape = shapeOf(message.data);
  const found = await checkDefinition(files, message, shape);
  if (shape.kind !== 'object') return found;
  for (const language of shop.languages) {
    found.push(...missingFiles(files, message, language, shop.languages));
    found.push(...(await checkLanguage(question, language, shape, found.length === 0)));
  }
  return found;
}

/** Sizes are told only of what is otherwise in order: a template that cannot be rendered has no size. */
async function checkLanguage(
  { files, templates, message, shop }: MessageQuestion,
  language: string,
  shape: ShapeOf<'object'>,
  bounded: boolean,
): Promise<Fault[]> {
  const root = { kind: 'object', fields: { ...shape.fields, ...standardFields } } as const;
  const { parts, words, broken } = partsOf(files, message, language);
  const markets = (shop.wordings ?? []).map(({ rule }) => rule);
  const whatsApp = readWhatsAppWords(files, message, language, markets);
  const found = [
    ...broken,
    ...whatsApp.faults,
    ...[...words.map(({ composed }) => composed), ...whatsApp.expressions].flatMap((composed) =>
      checkVariables(composed, root),
    ),
    ...checkLabels(
      words.map(({ composed }) => composed),
      shop.wordingRules ?? [],
    ),
    ...parts.flatMap(({ composed, channel, file }) =>
      channel === 'email'
        ? [...checkLinks(composed), ...checkColumns(composed), ...missingText(composed, file)]
        : checkPlainLinks(composed),
    ),
    ...(await missingUnsubscribe(message, parts)),
  ];
  if (!bounded || found.length > 0 || !isCompiled(templates, message.name, language)) return found;
  return checkSize({ message, language, shape, templates, shop });
}

interface Parts {
  /** What a customer reads as one piece. */
  readonly parts: readonly Part[];
  /** Everything with expressions: the parts and the subject. */
  readonly words: readonly { readonly composed: Part['composed'] }[];
  readonly broken: readonly Fault[];
}

function partsOf(files: TemplateFiles, message: CheckedMessage, language: string): Parts {
  const folder = `${message.name}/${language}`;
  const broken: Fault[] = [];
  const composed = (name: string) => {
    const file = `${folder}/${name}`;
    if (!files.sources.has(file)) return [];
    try {
      return [{ file, composed: compose(files, file) }];
    } catch (error) {
      broken.push(faultOf(error));
      return [];
    }
  };
  const email = composed('email.mjml').map((part) => ({ ...part, channel: 'email' as const }));
  const sms = composed('sms.hbs').map((part) => ({ ...part, channel: 'sms' as const }));
  const parts = [...email, ...sms];
  return { parts, words: [...parts, ...composed('subject.hbs')], broken };
}

/** By place; what a shared partial has wrong is said once, not once per message. */
function inOrder(faults: readonly Fault[]): Fault[] {
  const unique = new Map(faults.map((each) => [JSON.stringify(each), each]));
  return [...unique.values()].sort(
    (a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
}
