import * as z from 'zod';
import { httpsUrl, price } from '../domain/events/fields.ts';
import type { LiveSupply } from '../domain/live-supplies.ts';
import type { LoadContext, Loaded } from '../domain/message.ts';
import type { SupplyMessage } from '../domain/supply-messages.ts';
import type { OrderInput } from './ordered-goods.ts';
import { goodsLink, goodsLinkOf, shortTitle, titleText } from './title-text.ts';

/**
 * What the messages about supplies share: they are given an order, and they speak of everything that its customer will have
 * used up about now, soonest first, at the prices of now. Gifts, and what is age-restricted or sensitive, are never in it,
 * so every title may stand in a subject.
 */

const mostLinesShown = 5;
const longestShortLink = 40;

const supply = z.strictObject({
  title: titleText,
  /** Of one unit, now; absent where the shop has not told. */
  price: price.optional(),
  image: goodsLink.optional(),
  url: goodsLink.optional(),
});

export const suppliesData = z.strictObject({
  supplies: z.array(supply).min(1).max(mostLinesShown),
  /** What runs out first. */
  firstTitle: titleText,
  /** Products besides the first. */
  others: z.int().min(0).max(999),
  /** Products that are not shown, for want of room. */
  more: z.int().min(0).max(999),
  /** Where the first is bought. */
  offerUrl: goodsLink.optional(),
  /** The same, when it is short enough for a text message. */
  shortUrl: httpsUrl.max(longestShortLink).optional(),
});

export type SuppliesData = z.infer<typeof suppliesData>;

/**
 * The loader of one of the messages. Reasons for which it has nothing to say: `told-already` (in the message of another
 * order), `bought-again`, `returned`, `not-due`, `all-items-gone`, and those of `LeftOut` in `insight/replenishment.ts`.
 */
export function loadSupplies(message: SupplyMessage) {
  return async (
    { order }: OrderInput,
    { read, now, language }: Pick<LoadContext, 'read' | 'now' | 'language'>,
  ): Promise<Loaded<SuppliesData>> => {
    const outcome = await read.supplies({ order, message, now }, language);
    if ('silent' in outcome) return { nothingToSay: outcome.silent };
    const [first] = outcome.supplies;
    return first === undefined
      ? { nothingToSay: 'all-items-gone' }
      : { data: suppliesDataOf(first, outcome.supplies) };
  };
}

function suppliesDataOf(first: LiveSupply, supplies: readonly LiveSupply[]): SuppliesData {
  const offerUrl = goodsLinkOf(first.url);
  const isShort = offerUrl !== undefined && offerUrl.length <= longestShortLink;
  return {
    supplies: supplies.slice(0, mostLinesShown).map(supplyDataOf),
    firstTitle: titleOf(first),
    others: supplies.length - 1,
    more: Math.max(0, supplies.length - mostLinesShown),
    ...(offerUrl === undefined ? {} : { offerUrl }),
    ...(isShort ? { shortUrl: offerUrl } : {}),
  };
}

function supplyDataOf(one: LiveSupply): SuppliesData['supplies'][number] {
  const image = goodsLinkOf(one.image);
  const url = goodsLinkOf(one.url);
  return {
    title: titleOf(one),
    ...(one.price === undefined ? {} : { price: { ...one.price } }),
    ...(image === undefined ? {} : { image }),
    ...(url === undefined ? {} : { url }),
  };
}

function titleOf({ title, variant }: LiveSupply): string {
  return shortTitle(title ?? variant);
}

/** With a Hangul title, the longest link to it and the way out it is four segments; with usual ones two or three. */
export const suppliesSegmentBudget = 4;

export const suppliesSample: SuppliesData = {
  supplies: [
    {
      title: 'Sencha, first harvest',
      price: { amount: 1450, currency: 'GBP' },
      url: 'https://shop.example/p/sencha',
    },
    { title: 'Oat soap bar', price: { amount: 600, currency: 'GBP' } },
  ],
  firstTitle: 'Sencha, first harvest',
  others: 1,
  more: 0,
  offerUrl: 'https://shop.example/p/sencha',
  shortUrl: 'https://shop.example/p/sencha',
};
