import * as z from 'zod';
import { reviewableLines } from '../domain/kept-goods.ts';
import { httpsUrl } from '../domain/events/fields.ts';
import type { LiveGood, Loaded, MessageLinks } from '../domain/message.ts';
import { showpieceOf, titleOf, whySilent, type GoodsContext, type OrderInput } from './ordered-goods.ts';
import { goodsLink, goodsLinkOf, titleText } from './title-text.ts';

/** What the messages that ask for a review share: each line that can be judged, with a link on which it is rated. */

const mostLinesShown = 5;
/** A signed link of ours: the shop's public address, up to 49 characters, `/r/` and a token of 48. */
const ratingLink = httpsUrl.max(100);

const ratedLine = z.strictObject({
  title: titleText,
  image: goodsLink.optional(),
  /** Opens the page on which this line is rated; `?stars=4` after it has four stars chosen already. */
  rating: ratingLink,
});

export const ratedData = z.strictObject({
  lines: z.array(ratedLine).min(1).max(mostLinesShown),
  /** See the thank-you's: what may stand where others can read it. */
  showpiece: titleText.optional(),
  count: z.int().min(1).max(1000),
  /** Lines besides the showpiece. */
  others: z.int().min(0).max(999),
  /** Lines that are not shown, for want of room; the page has them all. */
  more: z.int().min(0).max(999),
  /** Opens the page with all of them. */
  ratingOfAll: ratingLink,
});

export type RatedData = z.infer<typeof ratedData>;

interface RatingContext extends GoodsContext {
  readonly links: Pick<MessageLinks, 'rating'>;
}

/** What can be judged of the order, or the reason for which there is nothing to ask: as the thank-you's, and `nothing-to-rate`. */
export async function loadRated(
  { order }: OrderInput,
  { read, language, links }: RatingContext,
): Promise<Loaded<RatedData>> {
  const goods = await read.order(order, language);
  const silence = whySilent(goods);
  if (goods === undefined || silence !== undefined) return { nothingToSay: silence ?? 'order-unknown' };
  const lines = reviewableLines(goods.lines);
  if (lines.length === 0) return { nothingToSay: 'nothing-to-rate' };
  return {
    data: {
      lines: lines
        .slice(0, mostLinesShown)
        .map((good) => ratedLineOf(good, links.rating({ order, line: good.line }))),
      ...showpieceOf(lines),
      count: lines.length,
      others: lines.length - 1,
      more: Math.max(0, lines.length - mostLinesShown),
      ratingOfAll: links.rating({ order }),
    },
  };
}

function ratedLineOf(good: LiveGood, rating: string): RatedData['lines'][number] {
  const image = goodsLinkOf(good.image);
  return { title: titleOf(good), rating, ...(image === undefined ? {} : { image }) };
}

/** Two links of the longest kind and a Hangul title make five segments; with usual ones it is two, in Korean three. */
export const ratedSegmentBudget = 5;

export const ratedSample: RatedData = {
  lines: [
    { title: 'Stoneware mug, green', rating: 'https://shop.example/r/mug' },
    { title: 'Linen throw, moss green', rating: 'https://shop.example/r/throw' },
  ],
  showpiece: 'Stoneware mug, green',
  count: 2,
  others: 1,
  more: 0,
  ratingOfAll: 'https://shop.example/r/order',
};
