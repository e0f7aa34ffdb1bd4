import type { StandardData } from '../../../domain/standard-data.ts';
import { longestGreeting } from '../greeting-name.ts';
import type { Field, Shape } from './shape.ts';

/** What every template may name besides its message's own data: the counterpart of `StandardData` for the checker. */

const longestUnsubscribeLink = 120;

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
): StandardData {
  return {
    brand,
    customer: { name: filler.repeat(longestGreeting), hasName: true, locale: language, timeZone: 'UTC' },
    links: { unsubscribe: longLink(longestUnsubscribeLink) },
  };
}

/** As many characters as allowed, each of which takes six bytes once it is escaped for HTML. */
export function longLink(length: number): string {
  return 'https://x.example/?'.padEnd(length, '=');
}
