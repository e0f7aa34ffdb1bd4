import * as z from 'zod';
import { httpsUrl } from '../domain/events/fields.ts';
import type { LoadContext, Loaded } from '../domain/message.ts';

/**
 * What the messages of a sale share: the occasion in the customer's language, how much is off and until when. A campaign
 * gives them, the same for everybody; nothing in here is about a person.
 */

const longestLink = 500;
/** So that a text message with its way out keeps its budget. */
const longestShortLink = 40;

const words = z.string().min(1).max(24);

export const offerInput = z.strictObject({
  /** What the sale is called, by language; English is the last resort. */
  occasion: z.object({ en: words }).catchall(words),
  percent: z.int().min(5).max(90),
  /** The last local day of the offer, `YYYY-MM-DD`. */
  lastDay: z.iso.date(),
  url: httpsUrl.max(longestLink).optional(),
});

export const offerData = z.strictObject({
  occasion: words,
  percent: z.int().min(5).max(90),
  /** In words, such as "Monday 30 November". */
  lastDay: words,
  offerUrl: httpsUrl.max(longestLink).optional(),
  /** The same, when it is short enough for a text message. */
  shortUrl: httpsUrl.max(longestShortLink).optional(),
});

export type OfferInput = z.infer<typeof offerInput>;
export type OfferData = z.infer<typeof offerData>;

/** The last place on earth where a day ends lies twelve hours behind Greenwich. */
const lastMidnightMs = 36 * 3_600_000;

/** The offer in the customer's language, or `offer-over` once its last day has ended everywhere. */
export async function loadOffer(
  { occasion, percent, lastDay, url }: OfferInput,
  { now, language }: Pick<LoadContext, 'now' | 'language'>,
): Promise<Loaded<OfferData>> {
  if (now >= Date.parse(lastDay) + lastMidnightMs) return { nothingToSay: 'offer-over' };
  return {
    data: {
      occasion: Object.hasOwn(occasion, language) ? (occasion[language] ?? occasion.en) : occasion.en,
      percent,
      lastDay: dayInWords(lastDay, language),
      ...(url === undefined ? {} : { offerUrl: url }),
      ...(url === undefined || url.length > longestShortLink ? {} : { shortUrl: url }),
    },
  };
}

/** With the longest names, and letters of which only 67 fit into a segment, it takes four; with usual ones two or three. */
export const offerSegmentBudget = 4;

const formats = new Map<string, Intl.DateTimeFormat>();

/** A local day is the same everywhere, so it is written without a zone. British order reads well in the US, not the reverse. */
function dayInWords(day: string, language: string): string {
  const locale = language === 'en' ? 'en-GB' : language;
  const format =
    formats.get(locale) ??
    new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });
  formats.set(locale, format);
  return format.format(Date.parse(day));
}

export const offerSample: OfferData = {
  occasion: 'Black Friday',
  percent: 20,
  lastDay: 'Monday 30 November',
  offerUrl: 'https://shop.example/black-friday',
  shortUrl: 'https://shop.example/black-friday',
};
