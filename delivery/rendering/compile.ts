import type { ChannelName } from '../../domain/channel-name.ts';
import type { WhatsAppCategory } from '../../domain/rendered-message.ts';
import { compileEmail } from './compile-email.ts';
import { compose } from './compose.ts';
import { faultOf, type Fault } from './fault.ts';
import { followLinks } from './followed-links.ts';
import { precompile, type Precompiled } from './precompile.ts';
import { TemplateError } from './template-error.ts';
import { filesOfChannel, languagesOf, type TemplateFiles } from './template-files.ts';
import { parseWhatsAppTemplate } from './whatsapp-template.ts';

/** The words of one message in one language, precompiled. A channel without files is absent. */
export interface CompiledWords {
  readonly email?: { readonly subject: Precompiled; readonly html: Precompiled; readonly text: Precompiled };
  readonly sms?: { readonly text: Precompiled };
  readonly whatsapp?: CompiledWhatsApp;
}

export interface CompiledWhatsApp {
  readonly name: string;
  readonly category: WhatsAppCategory;
  /** As Meta approved it, with places `{{1}}` … */
  readonly body: string;
  /** What fills the places, by their number. */
  readonly variables: Readonly<Record<string, Precompiled>>;
}

/** By message and language. */
export type CompiledTemplates = Readonly<Record<string, Readonly<Record<string, CompiledWords>>>>;

export interface Compilation {
  readonly templates: CompiledTemplates;
  readonly faults: readonly Fault[];
}

/** Compiles every message of the folder in every language that it has. Slow (MJML); done once per change of a template. */
export async function compileTemplates(files: TemplateFiles): Promise<Compilation> {
  const faults: Fault[] = [];
  const templates: Record<string, Record<string, CompiledWords>> = {};
  for (const message of files.messages) {
    const words: Record<string, CompiledWords> = {};
    for (const language of languagesOf(files, message)) {
      const compiled = await compileWords(files, `${message}/${language}`);
      words[language] = compiled.words;
      faults.push(...compiled.faults);
    }
    templates[message] = words;
  }
  return { templates, faults };
}

interface CompiledFolder {
  readonly words: CompiledWords;
  readonly faults: readonly Fault[];
}

/** What is wrong with one channel leaves the others alone. */
async function compileWords(files: TemplateFiles, folder: string): Promise<CompiledFolder> {
  const email = has(files, folder, 'email') ? await compileEmailWords(files, folder) : { faults: [] };
  const sms = has(files, folder, 'sms') ? compileSmsWords(files, folder) : { faults: [] };
  const whatsapp = has(files, folder, 'whatsapp') ? compileWhatsAppWords(files, folder) : { faults: [] };
  return {
    words: {
      ...('words' in email ? { email: email.words } : {}),
      ...('words' in sms ? { sms: sms.words } : {}),
      ...('words' in whatsapp ? { whatsapp: whatsapp.words } : {}),
    },
    faults: [...email.faults, ...sms.faults, ...whatsapp.faults],
  };
}

type Compiled<Channel extends ChannelName> =
  | { readonly words: NonNullable<CompiledWords[Channel]>; readonly faults: readonly Fault[] }
  | { readonly faults: readonly Fault[] };

async function compileEmailWords(files: TemplateFiles, folder: string): Promise<Compiled<'email'>> {
  try {
    const body = compose(files, `${folder}/email.mjml`);
    const subject = compose(files, `${folder}/subject.hbs`);
    const email = await compileEmail(body);
    if (email.faults.length > 0) return { faults: email.faults };
    const words = {
      subject: precompileAt(`${folder}/subject.hbs`, subject.text.trim(), 'plain'),
      html: precompileAt(`${folder}/email.mjml`, email.html, 'html'),
      text: precompileAt(`${folder}/email.mjml`, email.text, 'plain'),
    };
    return { words, faults: [] };
  } catch (error) {
    return { faults: [faultOf(error)] };
  }
}

function compileSmsWords(files: TemplateFiles, folder: string): Compiled<'sms'> {
  try {
    const { text } = compose(files, `${folder}/sms.hbs`);
    return { words: { text: precompileAt(`${folder}/sms.hbs`, text.trim(), 'plain') }, faults: [] };
  } catch (error) {
    return { faults: [faultOf(error)] };
  }
}

function compileWhatsAppWords(files: TemplateFiles, folder: string): Compiled<'whatsapp'> {
  const file = `${folder}/whatsapp.json`;
  try {
    const { variables, ...template } = parseWhatsAppTemplate(file, files.sources.get(file) ?? '');
    const filled = Object.entries(variables).map(([name, expression]) => [
      name,
      precompileAt(file, expression, 'plain'),
    ]);
    return { words: { ...template, variables: Object.fromEntries(filled) }, faults: [] };
  } catch (error) {
    return { faults: [faultOf(error)] };
  }
}

function precompileAt(file: string, template: string, format: 'html' | 'plain'): Precompiled {
  try {
    return precompile(followLinks(template, format), format);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TemplateError(
      'handlebars',
      { file, line: 1, column: 1 },
      `Handlebars cannot compile this: ${reason}`,
    );
  }
}

function has(files: TemplateFiles, folder: string, channel: ChannelName): boolean {
  return filesOfChannel[channel].some((name) => files.sources.has(`${folder}/${name}`));
}
