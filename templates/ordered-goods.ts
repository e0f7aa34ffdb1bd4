import * as z from 'zod';
import { keptUnits } from '../domain/kept-goods.ts';
import type { LiveGood, LiveGoods, LoadContext, Loaded, MessageReader } from '../domain/message.ts';
import { productKindOf } from '../domain/product-kind.ts';
import { goodsLink, goodsLinkOf, shortTitle, titleText } from './title-text.ts';

/**
 * What the messages that follow an order share: they are given the order, and they speak of what the customer has kept of
 * it by now. Refunded and returned lines are left out, and an order of which nothing is left says nothing at all.
 *
 * There is no price in here, on purpose: a thank-you is no receipt, and what a gift has cost is then in no message.
 */

const mostLinesShown = 5;

const boughtLine = z.strictObject({
  title: titleText,
  /** Units that were kept. */
  quantity: z.int().min(1).max(1_000_000),
  gift: z.boolean(),
  image: goodsLink.optional(),
  url: goodsLink.optional(),
});

export const orderInput = z.strictObject({ order: z.uuid() });

export const boughtData = z.strictObject({
  lines: z.array(boughtLine).min(1).max(mostLinesShown),
  /**
   * The title that may stand in a subject, a preheader or a text message, where others can read it: of the first line that
   * is no gift, not age-restricted and not sensitive. Absent when there is none.
   */
  showpiece: titleText.optional(),
  /** Lines besides the showpiece. */
  others: z.int().min(0).max(999),
  /** Lines that are not shown, for want of room. */
  more: z.int().min(0).max(999),
  /** What kinds of things are among them, for the words about their care. */
  hasFood: z.boolean(),
  hasElectronics: z.boolean(),
  hasSkincare: z.boolean(),
});

export type OrderInput = z.infer<typeof orderInput>;
export type BoughtData = z.infer<typeof boughtData>;

/** What is needed to speak of an order. */
export interface GoodsContext extends Pick<LoadContext, 'language'> {
  readonly read: Pick<MessageReader, 'order'>;
}

/**
 * What was bought and kept, or the reason for which there is nothing to say: `order-unknown`, `order-cancelled`,
 * `order-refunded`, `order-without-lines`, `all-lines-refunded`.
 */
export async function loadBought(
  { order }: OrderInput,
  { read, language }: GoodsContext,
): Promise<Loaded<BoughtData>> {
  const goods = await read.order(order, language);
  const silence = whySilent(goods);
  if (goods === undefined || silence !== undefined) return { nothingToSay: silence ?? 'order-unknown' };
  const kept = goods.lines.filter((line) => keptUnits(line) > 0);
  if (kept.length === 0) return { nothingToSay: 'all-lines-refunded' };
  return { data: boughtDataOf(kept) };
}

/** Nothing is said about an order that is unknown, over, or of which we know no line. */
export function whySilent(goods: LiveGoods | undefined): string | undefined {
  if (goods === undefined) return 'order-unknown';
  if (goods.state === 'cancelled' || goods.state === 'refunded') return `order-${goods.state}`;
  return goods.lines.length === 0 ? 'order-without-lines' : undefined;
}

function boughtDataOf(kept: readonly LiveGood[]): BoughtData {
  const kinds = new Set(kept.map(({ category }) => productKindOf(category)));
  return {
    lines: kept.slice(0, mostLinesShown).map(lineDataOf),
    ...showpieceOf(kept),
    others: kept.length - 1,
    more: Math.max(0, kept.length - mostLinesShown),
    hasFood: kinds.has('food'),
    hasElectronics: kinds.has('electronics'),
    hasSkincare: kinds.has('skincare'),
  };
}

function lineDataOf(good: LiveGood): BoughtData['lines'][number] {
  const image = goodsLinkOf(good.image);
  const url = goodsLinkOf(good.url);
  return {
    title: titleOf(good),
    quantity: keptUnits(good),
    gift: good.gift,
    ...(image === undefined ? {} : { image }),
    ...(url === undefined ? {} : { url }),
  };
}

/** What the shop has told us nothing of goes by its number, as in the cart. */
export function titleOf({ title, variant }: LiveGood): string {
  return shortTitle(title ?? variant);
}

/** What nobody has told us of may be anything, and does not go where others can read it. */
export function showpieceOf(goods: readonly LiveGood[]): { readonly showpiece?: string } {
  const good = goods.find(({ title, discreet, gift }) => title !== undefined && !discreet && !gift);
  return good === undefined ? {} : { showpiece: titleOf(good) };
}

/** A Hangul title turns an English text into four segments with the longest way out; with usual ones it is one or two. */
export const boughtSegmentBudget = 4;

export const boughtSample: BoughtData = {
  lines: [
    {
      title: 'Stoneware mug, green',
      quantity: 2,
      gift: false,
      url: 'https://shop.example/p/stoneware-mug',
    },
    { title: 'Sencha, first harvest', quantity: 1, gift: true },
  ],
  showpiece: 'Stoneware mug, green',
  others: 1,
  more: 0,
  hasFood: true,
  hasElectronics: false,
  hasSkincare: false,
};
