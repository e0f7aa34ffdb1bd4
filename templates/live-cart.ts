import * as z from 'zod';
import { httpsUrl, price } from '../domain/events/fields.ts';
import type { LiveCart, LiveLine, LoadContext, Loaded } from '../domain/message.ts';
import type { Money } from '../domain/money.ts';

/**
 * What all messages about a cart share: they are given the cycle, and they speak of the cart as it is now. What was
 * sold out or removed in the meantime is left out, prices are those of now, and a cart that was ordered, emptied or
 * sold out says nothing at all.
 *
 * The limits below are what the checker multiplies out: five lines of the longest titles and links stay under the
 * 100 KB at which Gmail clips a mail, and the short link keeps a text message inside its segments.
 */

const mostLinesShown = 5;
const longestTitle = 120;
const longestLink = 500;
const longestShortLink = 60;

const text = z.string().min(1).max(longestTitle);
const link = httpsUrl.max(longestLink);
/** A price times a quantity may be larger than any price. */
const sum = price.extend({ amount: z.int().min(0) });

const cartLine = z.strictObject({
  title: text,
  quantity: z.int().min(1).max(1_000_000),
  /** What one costs now. */
  price,
  /** What the whole line costs now. */
  lineTotal: sum,
  /** What one cost when it was put into the cart; there only when it has become cheaper since. */
  cheaperThan: price.optional(),
  /** It has become dearer since it was put into the cart, and an honest message says so. */
  dearer: z.boolean(),
  image: link.optional(),
  url: link.optional(),
});

export const cartInput = z.strictObject({ cart: z.uuid() });

export const cartData = z.strictObject({
  lines: z.array(cartLine).min(1).max(mostLinesShown),
  /** The first line's title, for sentences. */
  firstTitle: text,
  /** Lines that can be bought, shown or not. */
  count: z.int().min(1).max(500),
  /** Lines besides the first. */
  others: z.int().min(0).max(499),
  /** Lines that are in the cart but not shown, for want of room. */
  more: z.int().min(0).max(499),
  /** Lines that were in the cart and cannot be bought any more. */
  gone: z.int().min(0).max(500),
  /** Of all lines, shown or not; absent when the cart mixes currencies, since those are never summed. */
  total: sum.optional(),
  /** Where the customer finds this cart again. */
  cartUrl: link.optional(),
  /** The same, when it is short enough for a text message. */
  shortCartUrl: httpsUrl.max(longestShortLink).optional(),
});

export type CartInput = z.infer<typeof cartInput>;
export type CartData = z.infer<typeof cartData>;

/** The cart as it is now, or the reason for which there is nothing to say about it: `cart-unknown`, `cart-ordered`, `cart-emptied`, `cart-expired`, `all-items-gone`. */
export async function loadCart(input: CartInput, { read, language }: LoadContext): Promise<Loaded<CartData>> {
  const cart = await read.cart(input.cart, language);
  if (cart === undefined) return { nothingToSay: 'cart-unknown' };
  if (cart.state !== 'open') return { nothingToSay: `cart-${cart.state}` };
  const [first, ...others] = cart.lines.filter((line) => line.available);
  if (first === undefined) {
    return { nothingToSay: cart.lines.length === 0 ? 'cart-emptied' : 'all-items-gone' };
  }
  return { data: cartDataOf(cart, first, others) };
}

function cartDataOf(cart: LiveCart, first: LiveLine, others: readonly LiveLine[]): CartData {
  const buyable = [first, ...others];
  return {
    lines: buyable.slice(0, mostLinesShown).map(lineDataOf),
    firstTitle: shortened(first.title),
    count: buyable.length,
    others: others.length,
    more: Math.max(0, buyable.length - mostLinesShown),
    gone: cart.lines.length - buyable.length,
    ...optional('total', sumOf(buyable)),
    ...optional('cartUrl', linkOf(cart.url, longestLink)),
    ...optional('shortCartUrl', linkOf(cart.url, longestShortLink)),
  };
}

function lineDataOf(line: LiveLine): CartData['lines'][number] {
  const comparable = line.price.currency === line.seenPrice.currency;
  const change = comparable ? line.price.amount - line.seenPrice.amount : 0;
  return {
    title: shortened(line.title),
    quantity: line.quantity,
    price: { ...line.price },
    lineTotal: times(line.price, line.quantity),
    ...optional('cheaperThan', change < 0 ? { ...line.seenPrice } : undefined),
    dearer: change > 0,
    ...optional('image', linkOf(line.image, longestLink)),
    ...optional('url', linkOf(line.url, longestLink)),
  };
}

function sumOf(lines: readonly LiveLine[]): Money | undefined {
  const currencies = new Set(lines.map((line) => line.price.currency));
  const [currency] = currencies;
  if (currency === undefined || currencies.size > 1) return undefined;
  return { amount: lines.reduce((sum, line) => sum + line.price.amount * line.quantity, 0), currency };
}

function times(money: Money, quantity: number): Money {
  return { amount: money.amount * quantity, currency: money.currency };
}

/** Whole code points, so that a cut never leaves half an emoji. */
function shortened(title: string): string {
  const characters = Array.from(title);
  const text =
    characters.length <= longestTitle ? title : characters.slice(0, longestTitle - 1).join('') + '…';
  // The limit counts UTF-16 units, of which an emoji takes two.
  return text.length <= longestTitle
    ? text
    : Array.from(text)
        .slice(0, longestTitle / 2 - 1)
        .join('') + '…';
}

/** A link that is not https or too long is no link: the message then leads to the shop's front page or shows no picture. */
function linkOf(url: string | undefined, longest: number): string | undefined {
  return url !== undefined && httpsUrl.max(longest).safeParse(url).success ? url : undefined;
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value });
}

/** The allowance that all cart and checkout messages share: one text message in 48 hours, whichever of them it was. */
export const cartSms = { name: 'cart-sms', channel: 'sms', limit: 1, per: '48 hours' } as const;

/** Korean takes 67 characters a segment; with the longest link to the cart and the way out that makes four, with usual ones three. */
export const cartSegmentBudget = 4;

export const cartSample: CartData = {
  lines: [
    {
      title: 'Linen throw, moss green',
      quantity: 1,
      price: { amount: 5900, currency: 'GBP' },
      lineTotal: { amount: 5900, currency: 'GBP' },
      cheaperThan: { amount: 6900, currency: 'GBP' },
      dearer: false,
      url: 'https://shop.example/p/linen-throw',
    },
    {
      title: 'Stoneware mug',
      quantity: 2,
      price: { amount: 1450, currency: 'GBP' },
      lineTotal: { amount: 2900, currency: 'GBP' },
      dearer: false,
      url: 'https://shop.example/p/stoneware-mug',
    },
  ],
  firstTitle: 'Linen throw, moss green',
  count: 2,
  others: 1,
  more: 0,
  gone: 1,
  total: { amount: 8800, currency: 'GBP' },
  cartUrl: 'https://shop.example/cart/7',
  shortCartUrl: 'https://shop.example/cart/7',
};
