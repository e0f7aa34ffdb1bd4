import * as z from 'zod';
import { httpsUrl } from '../domain/events/fields.ts';
import type { LivePick, LiveSeason, SeasonFact } from '../domain/live-season.ts';
import type { LoadContext, Loaded } from '../domain/message.ts';
import { seasonDays, seasonNames } from '../domain/seasons.ts';
import { goodsLink, goodsLinkOf, shortTitle, titleText } from './title-text.ts';

/**
 * What the messages that look back on a season share. Favourites, popular products and the fact to pass on leave out gifts
 * and everything age-restricted or sensitive.
 */

const mostPicks = 3;
const longestCategory = 40;

const pick = z.strictObject({ title: titleText, image: goodsLink.optional(), url: goodsLink.optional() });

export const seasonInput = z.strictObject({
  order: z.uuid(),
  /** Such as `christmas-2026-12-25`. */
  season: z.string().regex(new RegExp(`^(${seasonNames.join('|')})-\\d{4}-\\d{2}-\\d{2}$`)),
});

export const recapData = z.strictObject({
  /** Which season it was: one of these is true. */
  isChristmas: z.boolean(),
  isSeollal: z.boolean(),
  isChuseok: z.boolean(),
  favourites: z.array(pick).max(mostPicks),
  popular: z.array(pick).max(mostPicks),
  trend: z
    .strictObject({
      category: z.string().min(1).max(longestCategory),
      /** How many times as many people, such as "2.4". */
      times: z.string().min(1).max(6),
    })
    .optional(),
  fact: z
    .strictObject({
      title: titleText,
      people: z.int().min(1).max(100_000_000),
      /** 1 for what most people chose. */
      place: z.int().min(1).max(100),
      /** A public page that says the same and nothing about the customer. */
      share: httpsUrl.max(100),
    })
    .optional(),
});

export const holidayOfferData = z.strictObject({
  percent: z.int().min(1).max(90),
  code: z.string().min(1).max(20),
  /** The end of the offer. */
  endsAt: z
    .int()
    .min(0)
    .max(Date.UTC(2200, 0, 1)),
  favourites: z.array(pick).max(mostPicks),
});

export type SeasonInput = z.infer<typeof seasonInput>;
export type RecapData = z.infer<typeof recapData>;
export type HolidayOfferData = z.infer<typeof holidayOfferData>;

/** The default offer; a shop puts its own here, with a code that its checkout knows. */
const offer = { percent: 10, code: 'THANKS10', days: 14 };

/** The season, or `order-gone` when the order was cancelled or refunded, or `nothing-to-recap`. */
export async function loadRecap(
  { order, season }: SeasonInput,
  { read, now, language, links }: Pick<LoadContext, 'read' | 'now' | 'language' | 'links'>,
): Promise<Loaded<RecapData>> {
  const live = await read.season({ order, season, now }, language);
  if (live === undefined) return { nothingToSay: 'order-gone' };
  if (live.favourites.length === 0 && live.popular.length === 0) return { nothingToSay: 'nothing-to-recap' };
  return { data: recapDataOf(live, season, links) };
}

/** The offer, or `bought-again` when they have ordered since the season was over, or `order-gone`. */
export async function loadHolidayOffer(
  { order, season }: SeasonInput,
  { read, now, language }: Pick<LoadContext, 'read' | 'now' | 'language'>,
): Promise<Loaded<HolidayOfferData>> {
  const live = await read.season({ order, season, now }, language);
  if (live === undefined) return { nothingToSay: 'order-gone' };
  if (live.orderedSince) return { nothingToSay: 'bought-again' };
  const { percent, code, days } = offer;
  const endsAt = now + days * 86_400_000;
  return { data: { percent, code, endsAt, favourites: live.favourites.map(pickDataOf) } };
}

function recapDataOf(live: LiveSeason, season: string, links: LoadContext['links']): RecapData {
  const name = seasonDays(season)?.name;
  const { trend, fact } = live;
  return {
    isChristmas: name === 'christmas',
    isSeollal: name === 'seollal',
    isChuseok: name === 'chuseok',
    favourites: live.favourites.map(pickDataOf),
    popular: live.popular.map(pickDataOf),
    ...(trend === undefined || trend.category.length > longestCategory
      ? {}
      : { trend: { category: trend.category, times: (trend.tenths / 10).toFixed(1) } }),
    ...(fact === undefined ? {} : { fact: factDataOf(fact, season, links) }),
  };
}

function factDataOf(
  { variant, title, people, place }: SeasonFact,
  season: string,
  links: LoadContext['links'],
) {
  return { title: shortTitle(title), people, place, share: links.share({ season, variant }) };
}

function pickDataOf({ title, image, url }: LivePick): RecapData['favourites'][number] {
  const picture = goodsLinkOf(image);
  const link = goodsLinkOf(url);
  return {
    title: shortTitle(title),
    ...(picture === undefined ? {} : { image: picture }),
    ...(link === undefined ? {} : { url: link }),
  };
}

/** A Hangul title and the share link beside the way out make five segments; with usual ones it is three. */
export const recapSegmentBudget = 5;
export const holidayOfferSegmentBudget = 4;

export const recapSample: RecapData = {
  isChristmas: true,
  isSeollal: false,
  isChuseok: false,
  favourites: [
    { title: 'Stoneware mug, green', url: 'https://shop.example/p/stoneware-mug' },
    { title: 'Sencha, first harvest' },
  ],
  popular: [
    { title: 'Beeswax candle, set of two', url: 'https://shop.example/p/candles' },
    { title: 'Linen throw' },
  ],
  trend: { category: 'Candles', times: '2.4' },
  fact: {
    title: 'Beeswax candle, set of two',
    people: 412,
    place: 1,
    share: 'https://shop.example/s/candles',
  },
};

export const holidayOfferSample: HolidayOfferData = {
  percent: 10,
  code: 'THANKS10',
  endsAt: Date.UTC(2027, 2, 1, 10),
  favourites: [{ title: 'Stoneware mug, green', url: 'https://shop.example/p/stoneware-mug' }],
};
