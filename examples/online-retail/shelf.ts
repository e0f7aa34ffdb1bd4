import type { PerennialEvent } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import type { RealLine } from './read-orders.ts';
import { tell } from './tell.ts';

/**
 * How long one unit lasts, by the words of its name. A shop states this for its own products; the data does not, so these
 * are ours. Goods that are not used up have no supply.
 */
const supplies: readonly { readonly words: readonly string[]; readonly days: number }[] = [
  { words: ['tissues', 'pocket tissue'], days: 3 },
  { words: ['napkins', 'paper plates', 'paper cups', 'party bunting'], days: 10 },
  { words: ['cake cases', 'baking cases', 'doilies', 'doily'], days: 4 },
  { words: ['t-light', 'tealight', 'candles', 'candle pot', 'incense'], days: 5 },
  { words: ['gift wrap', 'wrap ', 'gift tag', 'ribbons', 'gift tape'], days: 6 },
  { words: ['soap', 'hand cream', 'bath salts', 'hand warmer'], days: 12 },
];
/** Things that hold what is used up, and last. */
const lasting = ['holder', 'hanging', 'lantern', 'jar', 'stand', 'tin', 'box', 'dish'];

const categories: readonly { readonly words: readonly string[]; readonly category: string }[] = [
  { words: ['chocolate', 'biscuit', 'sweets', 'tea bag'], category: 'Food & drink' },
  { words: ['clock', 'radio', 'calculator', 'lamp', 'lights'], category: 'Electronics' },
  { words: ['soap', 'hand cream', 'bath salts', 'lip gloss', 'nail'], category: 'Beauty' },
  { words: ['christmas', 'advent', 'xmas', 'reindeer', 'snowman'], category: 'Christmas' },
  { words: ['bag', 'purse', 'umbrella'], category: 'Bags' },
  { words: ['mug', 'tea', 'cake', 'bowl', 'plate', 'kitchen', 'jar', 'lunch', 'bottle'], category: 'Kitchen' },
  { words: ['t-light', 'candle', 'lantern', 'holder'], category: 'Candles' },
  { words: ['toy', 'game', 'puzzle', 'craft', 'kids', 'children'], category: 'Toys & craft' },
];

/** A product as the shop would have told of it when it came onto the shelf. */
export function shelve({ variant, title, price }: RealLine, at: Instant): PerennialEvent {
  const supplyDays = supplyDaysOf(title);
  return tell(`product-${variant}`, 'product.updated', at, {
    variant,
    title,
    price: { amount: price, currency: 'GBP' },
    url: `https://shop.example/products/${encodeURIComponent(variant)}`,
    category: categoryOf(title),
    ...(supplyDays === undefined ? {} : { supplyDays }),
  });
}

function supplyDaysOf(title: string): number | undefined {
  const name = title.toLowerCase();
  if (lasting.some((word) => name.includes(word))) return undefined;
  return supplies.find(({ words }) => words.some((word) => name.includes(word)))?.days;
}

function categoryOf(title: string): string {
  const name = title.toLowerCase();
  return categories.find(({ words }) => words.some((word) => name.includes(word)))?.category ?? 'Home';
}
