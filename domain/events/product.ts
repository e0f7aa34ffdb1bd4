import * as z from 'zod';
import { defineEvent } from './define-event.ts';
import { httpsUrl, instant, price, shopId, title } from './fields.ts';

const variant = shopId;
/** What the database can count. Shops that do not count at all write `null`, or a number as large as this. */
const mostUnits = 2_147_483_647;

export const productEvents = {
  'product.updated': defineEvent({
    data: z.strictObject({
      variant,
      title: title.optional(),
      /** The title in other languages, by language tag. */
      titles: z.record(z.string().regex(/^[a-z]{2,3}$/), title).optional(),
      price: price.optional(),
      /** Units left; `null` when the shop does not count. */
      stock: z.int().min(0).max(mostUnits).nullable().optional(),
      image: httpsUrl.optional(),
      url: httpsUrl.optional(),
      category: z.string().max(120).optional(),
      /** Days that one unit lasts. */
      supplyDays: z.int().min(1).max(1000).optional(),
      /** What is bought in place of each other: sizes and flavours of one product. Without it a variant is its own family. */
      family: shopId.optional(),
      /** Sold from an age on: never in subjects or recommendations. */
      ageRestricted: z.boolean().optional(),
      /** Nobody else may read it on a lock screen: never in subjects or recommendations. */
      sensitive: z.boolean().optional(),
      /** True once the shop no longer sells it. */
      removed: z.boolean().optional(),
    }),
    fact: 'product',
    about: 'shop',
    example: {
      variant: '85123A',
      title: 'White hanging heart',
      price: { amount: 255, currency: 'GBP' },
      stock: 12,
    },
  }),
  'product.viewed': defineEvent({
    data: z.strictObject({ variant }),
    fact: 'product',
    about: 'customer',
    example: { variant: '85123A' },
  }),
  'product.launched': defineEvent({
    data: z.strictObject({ variant, category: z.string().max(120), at: instant }),
    fact: 'product',
    about: 'shop',
    example: { variant: '85123A', category: 'Home', at: '2026-11-27T10:00:00Z' },
  }),
  'stock.returned': defineEvent({
    data: z.strictObject({ variant, units: z.int().min(1).max(mostUnits) }),
    fact: 'product',
    about: 'shop',
    example: { variant: '85123A', units: 20 },
  }),
  'price.dropped': defineEvent({
    data: z.strictObject({ variant, old: price, new: price }),
    fact: 'product',
    about: 'shop',
    example: {
      variant: '85123A',
      old: { amount: 295, currency: 'GBP' },
      new: { amount: 255, currency: 'GBP' },
    },
  }),
};
