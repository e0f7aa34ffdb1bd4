import type { ChannelName } from '../domain/channel-name.ts';
import type { MessageReader } from '../domain/message.ts';
import type { Clock } from '../domain/instant.ts';
import { isPerennialError } from '../domain/perennial-error.ts';
import type { RenderedMessage } from '../domain/rendered-message.ts';
import type { ShopConfig } from '../domain/shop-config.ts';
import type { StandardData } from '../domain/standard-data.ts';
import type { Candidate } from './ledger/candidate.ts';
import type { Situation } from './ledger/load-situations.ts';
import type { ShortLink } from '../store/short-links.ts';
import type { MessageLinker } from './click-links.ts';
import type { Links } from './links.ts';
import type { RegisteredMessage } from './message-registry.ts';
import { wordingAt } from './policy/law/law-of.ts';
import type { WhatsAppForm } from './policy/whatsapp-template.ts';
import { greetingName } from './rendering/greeting-name.ts';
import { formatLocaleOf, languageChain } from './rendering/language-chain.ts';
import type { Renderer } from './rendering/renderer.ts';
import type { WordingToAdd } from './rendering/required-wording.ts';

export interface WriterDeps {
  readonly read: MessageReader;
  readonly renderer: Renderer;
  readonly shop: ShopConfig;
  readonly links: Links;
  readonly clock: Clock;
}

/** The way that the gates have chosen. */
export interface Way {
  readonly channel: ChannelName;
  /** Set for WhatsApp: as free text, or by which approved template. */
  readonly whatsApp?: WhatsAppForm;
}

export type Written =
  | {
      readonly kind: 'written';
      readonly content: RenderedMessage;
      /** The one in the text: where one click stops messages like it. */
      readonly unsubscribe: string;
      /** Links of the words that must be stored before they leave. */
      readonly shortLinks: readonly ShortLink[];
    }
  /** Why, in machine words: `cart-ordered`, `all-items-gone`. */
  | { readonly kind: 'nothing-to-say'; readonly why: string }
  | {
      readonly kind: 'failed';
      readonly code: 'input-invalid' | 'rendering-failed';
      readonly problem: string;
    };

/**
 * The message in the customer's language, about things as they are now.
 *
 * What cannot succeed on a second try is answered; a failure to read is thrown, since it may pass.
 */
export async function writeMessage(
  message: RegisteredMessage,
  candidate: Candidate,
  situation: Situation,
  { channel, whatsApp }: Way,
  deps: WriterDeps,
): Promise<Written> {
  const input = message.input.safeParse(candidate.request.input);
  if (!input.success) {
    const paths = input.error.issues.map((issue) => issue.path.join('.') || 'input');
    return { kind: 'failed', code: 'input-invalid', problem: `not as the message asks: ${paths.join(', ')}` };
  }
  const { supported } = deps.shop.locales;
  const locale = situation.profile.locale ?? supported[0];
  const languages = whatsApp === undefined ? languageChain(locale, supported) : [whatsApp.language];
  const language = deps.renderer.languageFor({ message: message.name, channel, languages }) ?? supported[0];
  const loaded = await message.load(input.data, {
    read: deps.read,
    now: deps.clock.now(),
    language,
    links: deps.links,
  });
  if ('nothingToSay' in loaded) return { kind: 'nothing-to-say', why: loaded.nothingToSay };
  try {
    const standard = standardData(candidate, situation, { channel, language, locale }, deps);
    const linker = linkerFor(message, candidate, channel, deps);
    const content = deps.renderer.render({
      message: message.name,
      channel,
      languages,
      data: loaded.data,
      standard,
      ...(linker === undefined ? {} : { follow: linker.follow }),
      ...wordingFor(message, situation, deps.shop),
      ...(whatsApp?.as === 'template' ? { contentSid: whatsApp.contentSid } : {}),
    });
    const shortLinks = linker?.shortLinks() ?? [];
    return { kind: 'written', content, unsubscribe: standard.links.unsubscribe, shortLinks };
  } catch (error) {
    const problem = isPerennialError(error) ? error.code : 'unexpected';
    return { kind: 'failed', code: 'rendering-failed', problem };
  }
}

/** Only marketing asks who followed it; a receipt leads straight to the shop. */
function linkerFor(
  { purpose }: RegisteredMessage,
  { delivery }: Candidate,
  channel: ChannelName,
  { links, shop, clock }: WriterDeps,
): MessageLinker | undefined {
  if (purpose !== 'marketing' || shop.tracking?.clicks === false) return undefined;
  return links.clicks.of({ delivery, channel, at: clock.now() });
}

/** Only advertisements need the words that laws ask for. */
function wordingFor(
  { purpose }: RegisteredMessage,
  { facts }: Situation,
  { senders, home, markets = [home.country] }: ShopConfig,
): { readonly wording?: WordingToAdd } {
  const rule = wordingAt(facts.customer.place, markets);
  if (purpose !== 'marketing' || rule === undefined) return {};
  const freeNumber = senders.sms?.refusal080;
  return { wording: { rule, ...(freeNumber === undefined ? {} : { freeNumber }) } };
}

function standardData(
  candidate: Candidate,
  situation: Situation,
  words: { readonly channel: ChannelName; readonly language: string; readonly locale: string },
  { shop, links }: WriterDeps,
): StandardData {
  const { customer } = situation.facts;
  return {
    brand: shop.brand,
    customer: {
      ...greetingName(situation.profile, words.language),
      locale: formatLocaleOf(words.locale, words.language),
      timeZone: customer.zones.zones[0],
    },
    links: {
      unsubscribe: links.unsubscribe({
        customer: customer.id,
        ...(words.channel === 'email' ? { delivery: candidate.delivery } : {}),
        channel: words.channel,
      }),
      preferences: links.preferences(customer.id),
    },
  };
}
