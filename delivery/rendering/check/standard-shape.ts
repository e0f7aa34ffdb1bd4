import type { StandardData } from '../../../domain/standard-data.ts';
import type { ChannelName } from '../../../domain/channel-name.ts';
import { longestPublicUrl } from '../../../domain/public-url.ts';
import { longestGreeting } from '../greeting-name.ts';
import type { Field, Shape } from './shape.ts';

/** What every template may name besides its message's own data: the counterpart of `StandardData` for the checker. */

/** With a public URL of `longestPublicUrl`: `/u/` and 68 letters in mails, 47 in words that are paid by the letter. */
const longestUnsubscribeLink = longestPublicUrl + 3 + 68;
const longestShortUnsubscribeLink = longestPublicUrl + 3 + 47;
const longestPreferencesLink = longestPublicUrl + 3 + 46;
/** `/c/` and 12 letters. */
const longestShortLink = longestPublicUrl + 3 + 12;

const text: Shape = { kind: 'text', longest: 400 };
const link: Shape = { kind: 'text', longest: 400, link: 'https' };

export const standardFields = {
  brand: object({
    name: { shape: text, optional: false },
    url: { shape: link, optional: false },
    address: { shape: text, optional: false },
    email: { shape: text, optional: false },
    phone: { shape: text, optional: true },
    logo: { shape: link, optional: true },
    colour: { shape: { kind: 'text', longest: 7 }, optional: false },
  } satisfies FieldsOf<'brand'>),
  customer: object({
    name: { shape: { kind: 'text', longest: longestGreeting }, optional: false },
    hasName: { shape: { kind: 'boolean' }, optional: false },
    locale: { shape: text, optional: false },
    timeZone: { shape: text, optional: false },
  } satisfies FieldsOf<'customer'>),
  links: object({
    unsubscribe: { shape: { ...link, longest: longestUnsubscribeLink }, optional: false },
    preferences: { shape: { ...link, longest: longestPreferencesLink }, optional: false },
  } satisfies FieldsOf<'links'>),
  language: { shape: text, optional: false },
  direction: { shape: text, optional: false },
} satisfies Readonly<Record<keyof StandardData | 'language' | 'direction', Field>>;

/** A field that is forgotten here, or that is no more, does not compile. */
type FieldsOf<Part extends keyof StandardData> = {
  readonly [Name in keyof Required<StandardData[Part]>]: Field;
};

function object(fields: Readonly<Record<string, Field>>): Field {
  return { shape: { kind: 'object', fields }, optional: false };
}

/** The most that the standard data can be, around the shop's own brand. `filler` is the character that names are made of. */
export function worstStandardData(
  brand: StandardData['brand'],
  language: string,
  filler: string,
  channel: ChannelName,
): StandardData {
  const longest = channel === 'email' ? longestUnsubscribeLink : longestShortUnsubscribeLink;
  return {
    brand,
    customer: { name: filler.repeat(longestGreeting), hasName: true, locale: language, timeZone: 'UTC' },
    links: { unsubscribe: longLink(longest), preferences: longLink(longestPreferencesLink) },
  };
}

/**
 * A link of words as it may leave: itself, or our short one, whichever is longer. In a mail, whose worst case is a link of
 * characters that take six bytes each, a click link is never the longer one.
 */
export function worstFollowedLink(url: string): string {
  return longLink(Math.max(url.length, longestShortLink));
}

/** As many characters as allowed, each of which takes six bytes once it is escaped for HTML. */
export function longLink(length: number): string {
  return 'https://x.example/?'.padEnd(length, '=');
}
