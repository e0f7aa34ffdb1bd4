import type { ChannelName } from '../../../domain/channel-name.ts';
import type { CompiledTemplates } from '../compile.ts';
import { fault, type Fault } from '../fault.ts';
import { createRenderer, type Renderer } from '../renderer.ts';
import type { WordingToAdd } from '../required-wording.ts';
import { sizeOfSms } from '../sms-segments.ts';
import { mostWhatsAppCharacters } from '../whatsapp-template.ts';
import type { CheckedMessage, CheckedShop } from './checked-message.ts';
import type { Shape } from './shape.ts';
import { worstFollowedLink, worstStandardData } from './standard-shape.ts';
import { extremeData, type Extreme } from './worst-case.ts';

/** Gmail shows the first 102 KB of a mail and hides the rest, the way out included. */
const mostHtmlBytes = 100_000;
const defaultSegmentBudget = 3;

const amounts = ['most', 'least'] as const;

/** Renders a message with the most and the least that its schema allows: it must render, and it must not be too large. */
export function checkSize({ message, language, shape, templates, shop }: SizeQuestion): Fault[] {
  const renderer = createRenderer({ templates });
  const words = templates[message.name]?.[language];
  const ask = { renderer, message, language, shape, shop };
  return [
    ...(words?.email === undefined ? [] : checkMail(ask)),
    ...(words?.sms === undefined ? [] : checkTextMessage(ask)),
    ...(words?.whatsapp === undefined ? [] : checkConversation(ask)),
  ];
}

export interface SizeQuestion {
  readonly message: CheckedMessage;
  readonly language: string;
  readonly shape: Shape;
  readonly templates: CompiledTemplates;
  readonly shop: CheckedShop;
}

type Ask = Omit<SizeQuestion, 'templates'> & { readonly renderer: Renderer };

function checkMail(ask: Ask): Fault[] {
  const place = { file: `${ask.message.name}/${ask.language}/email.mjml`, line: 1, column: 1 };
  return rendered(ask, 'email', "'", place.file, ({ html }) => {
    const bytes = Buffer.byteLength(html);
    if (bytes <= mostHtmlBytes) return [];
    return [
      fault(
        'html-size',
        place,
        `With the longest data that the schema allows the mail takes ${kilobytes(bytes)} KB, and Gmail hides what lies beyond 100. Lower the limits in the data schema (.max(…)), or show fewer lines.`,
      ),
    ];
  });
}

function checkTextMessage(ask: Ask): Fault[] {
  const place = { file: `${ask.message.name}/${ask.language}/sms.hbs`, line: 1, column: 1 };
  const budget = ask.message.segmentBudget ?? defaultSegmentBudget;
  return rendered(ask, 'sms', '가', place.file, ({ text, wording }) => {
    const { segments, encoding } = sizeOfSms(text);
    if (segments <= budget) return [];
    const withWording = wording === undefined ? '' : `, with what ${wording} adds`;
    return [
      fault(
        'sms-budget',
        place,
        `With the longest data that the schema allows the text message takes ${segments} segments (${text.length} characters in ${encoding.toUpperCase()}${withWording}), and its budget is ${budget}. Shorten the words, use {{shorten …}}, or raise segmentBudget in message.ts.`,
      ),
    ];
  });
}

function checkConversation(ask: Ask): Fault[] {
  const place = { file: `${ask.message.name}/${ask.language}/whatsapp.json`, line: 1, column: 1 };
  return rendered(ask, 'whatsapp', '가', place.file, ({ text }) => {
    if (text.length <= mostWhatsAppCharacters) return [];
    return [
      fault(
        'whatsapp',
        place,
        `With the longest data that the schema allows the message has ${text.length} characters, and WhatsApp takes ${mostWhatsAppCharacters}. Shorten the words, or use {{shorten …}}.`,
      ),
    ];
  });
}

interface Content {
  readonly html: string;
  readonly text: string;
  readonly wording: string | undefined;
}

/** The faults of the larger of both extremes; both must render at all. */
function rendered(
  { renderer, message, language, shape, shop }: Ask,
  channel: ChannelName,
  filler: string,
  file: string,
  judge: (content: Content) => Fault[],
): Fault[] {
  try {
    const wordings =
      message.purpose === 'marketing' ? [undefined, ...wordingsIn(language, shop)] : [undefined];
    const extremes = amounts.flatMap((amount) => wordings.map((wording) => ({ amount, wording })));
    const faults = extremes.map(({ amount, wording }) => {
      const extreme: Extreme = { amount, filler };
      const data = extremeData(shape, extreme);
      const standard = worstStandardData(shop.brand, language, filler, channel);
      const result = renderer.render({
        message: message.name,
        channel,
        languages: [language],
        data,
        standard,
        ...(channel === 'email' ? {} : { follow: worstFollowedLink }),
        ...(wording === undefined ? {} : { wording }),
      });
      const html = 'html' in result ? result.html : '';
      return judge({ html, text: result.text, wording: result.wording });
    });
    return faults.find((found) => found.length > 0) ?? [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      fault(
        'render',
        { file, line: 1, column: 1 },
        `${reason} This was found with data at the limits of the schema.`,
      ),
    ];
  }
}

/**
 * What laws add to marketing, for words in their own language: most people of the place get those. Other words are
 * longer by a label there, which the ledger counts and no budget does.
 */
function wordingsIn(language: string, { wordings = [] }: CheckedShop): readonly WordingToAdd[] {
  return wordings.filter(({ rule }) => rule.mail.language === language);
}

function kilobytes(bytes: number): number {
  return Math.ceil(bytes / 1000);
}
