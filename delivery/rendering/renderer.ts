import { Script } from 'node:vm';
import Handlebars from 'handlebars';
import { PerennialError } from '../../domain/perennial-error.ts';
import type { ChannelName } from '../../domain/channel-name.ts';
import type {
  RenderedEmail,
  RenderedMessage,
  RenderedSms,
  RenderedWhatsApp,
} from '../../domain/rendered-message.ts';
import type { StandardData } from '../../domain/standard-data.ts';
import type { CompiledTemplates, CompiledWhatsApp, CompiledWords } from './compile.ts';
import { compiledHelpers } from './helpers/index.ts';
import type { TemplateHelper } from './helpers/template-helper.ts';
import { directionOf, formatLocaleOf } from './language-chain.ts';
import { plainCopy } from './plain-copy.ts';
import type { Precompiled } from './precompile.ts';
import { withRequiredWording, type WordingToAdd } from './required-wording.ts';
import { sizeOfSms } from './sms-segments.ts';
import { tidyLines } from './tidy-lines.ts';
import { fillBody } from './whatsapp-template.ts';

export interface RenderRequest {
  readonly message: string;
  readonly channel: ChannelName;
  /** Best first, from `languageChain`; the first in which the message has words for the channel is used. */
  readonly languages: readonly string[];
  /** What the message's loader found. */
  readonly data: unknown;
  readonly standard: StandardData;
  /** What the law of the recipient's place wants to see. */
  readonly wording?: WordingToAdd;
  /** The provider's id of an approved WhatsApp template; without it the words go as free text. */
  readonly contentSid?: string;
  /** The link to write in the place of one that the customer can follow. Default: the link itself. */
  readonly follow?: (url: string) => string;
}

export interface Renderer {
  /**
   * The message in the first language of the chain that has it.
   *
   * @throws PerennialError `template-missing` when no language has it, `rendering-failed` when its data do not fit its
   * words. Neither is worth a retry: the same data fail again.
   */
  readonly render: (request: RenderRequest) => RenderedMessage;
  /** The language that `render` would use, which a loader needs first; `undefined` when there is none. */
  readonly languageFor: (
    request: Pick<RenderRequest, 'message' | 'channel' | 'languages'>,
  ) => string | undefined;
  /** The WhatsApp templates that a message is written in, in the order of `languages`. */
  readonly whatsAppTemplatesOf: (
    message: string,
    languages: readonly string[],
  ) => readonly (Pick<CompiledWhatsApp, 'name' | 'body'> & { readonly language: string })[];
}

/** Renders with precompiled templates only; pure, and fast enough to do it for each of a million messages. */
export function createRenderer({ templates }: { readonly templates: CompiledTemplates }): Renderer {
  const words = createWordsCache(templates);

  function languageFor({
    message,
    channel,
    languages,
  }: Pick<RenderRequest, 'message' | 'channel' | 'languages'>) {
    return languages.find((language) => templates[message]?.[language]?.[channel] !== undefined);
  }

  function render(request: RenderRequest): RenderedMessage {
    const language = languageFor(request);
    if (language === undefined) throw missing(request, templates);
    try {
      const rendered = renderWords(request, language);
      return request.wording === undefined
        ? rendered
        : withRequiredWording(rendered, request.wording, request.standard);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new PerennialError(
        'rendering-failed',
        `The message "${request.message}" (${language}, ${request.channel}) cannot be rendered: ${reason}. Run "perennial check", and compare the message's data with its words.`,
        { cause: error },
      );
    }
  }

  function renderWords(request: RenderRequest, language: string): RenderedMessage {
    switch (request.channel) {
      case 'email':
        return renderEmail(words.email(request.message, language), language, request);
      case 'sms':
        return renderSms(words.sms(request.message, language), language, request);
      case 'whatsapp':
        return renderWhatsApp(words.whatsApp(request.message, language), language, request);
      default:
        return request.channel satisfies never;
    }
  }

  function whatsAppTemplatesOf(message: string, languages: readonly string[]) {
    return languages.flatMap((language) => {
      const written = templates[message]?.[language]?.whatsapp;
      return written === undefined ? [] : [{ language, name: written.name, body: written.body }];
    });
  }

  return { render, languageFor, whatsAppTemplatesOf };
}

interface EmailWords {
  readonly subject: Words;
  readonly html: Words;
  readonly text: Words;
}

interface SmsWords {
  readonly text: Words;
}

function renderEmail(words: EmailWords, language: string, request: RenderRequest): RenderedEmail {
  const fill = fillerOf(language, request);
  return {
    channel: 'email',
    language,
    subject: oneLine(fill(words.subject)),
    html: fill(words.html),
    text: tidyLines(fill(words.text)),
  };
}

function renderSms(words: SmsWords, language: string, request: RenderRequest): RenderedSms {
  const text = oneLine(fillerOf(language, request)(words.text));
  return { channel: 'sms', language, text, segments: sizeOfSms(text).segments };
}

interface WhatsAppWords {
  readonly template: CompiledWhatsApp;
  readonly variables: readonly (readonly [name: string, words: Words])[];
}

/** Meta takes no line breaks in what fills a place. */
function renderWhatsApp(
  { template, variables }: WhatsAppWords,
  language: string,
  request: RenderRequest,
): RenderedWhatsApp {
  const fill = fillerOf(language, request);
  const filled = Object.fromEntries(variables.map(([name, words]) => [name, oneLine(fill(words))]));
  return {
    channel: 'whatsapp',
    language,
    ...(request.contentSid === undefined ? {} : { template: request.contentSid }),
    category: template.category,
    variables: filled,
    text: fillBody(template.body, filled),
  };
}

type Words = (context: unknown, options: { readonly data: unknown }) => string;

/**
 * The context is a plain copy: Handlebars would call a function that it finds there, and print a SafeString without
 * escaping it.
 */
function fillerOf(language: string, { data, standard, follow }: RenderRequest): (words: Words) => string {
  const own = { language, direction: directionOf(language) };
  const context = plainCopy({ ...objectOf(data), ...standard, ...own });
  const { locale, timeZone } = standard.customer;
  const options = { data: { locale: formatLocaleOf(locale, language), timeZone, follow } };
  return (words) => words(context, options);
}

function objectOf(data: unknown): object {
  return typeof data === 'object' && data !== null ? data : {};
}

/** A line break in a subject would begin a new header; in a text message it would only cost. */
function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\s\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ').trim();
}

/** Turns precompiled sources into functions, each when it is first needed. */
function createWordsCache(templates: CompiledTemplates) {
  const handlebars = createHandlebars();
  const emails = new Map<string, EmailWords>();
  const texts = new Map<string, SmsWords>();
  const conversations = new Map<string, WhatsAppWords>();

  function compiled(message: string, language: string): CompiledWords {
    return templates[message]?.[language] ?? {};
  }

  return {
    email: (message: string, language: string) =>
      madeOnce(emails, `${message}/${language}`, () => {
        const { subject = '', html = '', text = '' } = compiled(message, language).email ?? {};
        return {
          subject: wordsOf(handlebars, subject),
          html: wordsOf(handlebars, html),
          text: wordsOf(handlebars, text),
        };
      }),
    sms: (message: string, language: string) =>
      madeOnce(texts, `${message}/${language}`, () => ({
        text: wordsOf(handlebars, compiled(message, language).sms?.text ?? ''),
      })),
    whatsApp: (message: string, language: string) =>
      madeOnce(conversations, `${message}/${language}`, () => {
        const template = compiled(message, language).whatsapp ?? noWhatsApp;
        const variables = Object.entries(template.variables).map(
          ([name, precompiled]) => [name, wordsOf(handlebars, precompiled)] as const,
        );
        return { template, variables };
      }),
  };
}

const noWhatsApp: CompiledWhatsApp = { name: '', category: 'marketing', body: '', variables: {} };

function madeOnce<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

function wordsOf(handlebars: typeof Handlebars, precompiled: Precompiled): Words {
  // Our own compiler wrote this source, from templates of this shop; nothing of a customer's is in it.
  const specification: TemplateSpecification = new Script(`(${precompiled})`).runInThisContext();
  return handlebars.template(specification);
}

/** An instance of its own: a helper on the shared one would be a helper for every library in the process. */
function createHandlebars(): typeof Handlebars {
  const handlebars = Handlebars.create();
  for (const [name, helper] of Object.entries(compiledHelpers))
    handlebars.registerHelper(name, calling(helper));
  return handlebars;
}

/** Handlebars calls a helper with its arguments and, last, an object of options. */
function calling(helper: TemplateHelper) {
  return (...values: unknown[]): string => {
    const { hash, data } = values.at(-1) as Handlebars.HelperOptions;
    const { locale, timeZone, follow } = data;
    return helper.run(values.slice(0, -1), { locale, timeZone, follow, named: hash });
  };
}

const fileOfWords = {
  email: 'email.mjml',
  sms: 'sms.hbs',
  whatsapp: 'whatsapp.json',
} as const satisfies Record<ChannelName, string>;

function missing(
  { message, channel, languages }: RenderRequest,
  templates: CompiledTemplates,
): PerennialError {
  const written = Object.keys(templates[message] ?? {});
  const has = written.length === 0 ? 'there is no such message' : `it is written in ${written.join(', ')}`;
  return new PerennialError(
    'template-missing',
    `There are no words for the message "${message}" by ${channel} in ${languages.join(', ')}: ${has}. Write templates/${message}/${languages.at(-1) ?? 'en'}/${fileOfWords[channel]}.`,
  );
}
