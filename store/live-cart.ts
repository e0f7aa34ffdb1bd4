import { sql } from 'kysely';
import type { LiveCart, LiveLine } from '../domain/message.ts';
import type { Money } from '../domain/money.ts';
import type { Queryable } from './database.ts';
import type { CartItem } from './schema.ts';
import { titleIn, type Titles } from './titles.ts';

interface CartRow {
  readonly state: LiveCart['state'];
  readonly url: string | null;
  readonly items: readonly CartItem[];
}

interface VariantRow extends Titles {
  readonly variant: string;
  readonly price_amount: number | null;
  readonly price_currency: string | null;
  readonly stock: number | null;
  readonly removed: boolean;
  readonly image: string | null;
  readonly url: string | null;
}

/** The cart of a cycle: its lines, with the prices and the stock of now. */
export async function readLiveCart(
  db: Queryable,
  cycle: string,
  language: string | undefined,
): Promise<LiveCart | undefined> {
  const { rows } = await sql<CartRow>`select state, url, items from carts where id = ${cycle}::uuid`.execute(
    db,
  );
  const [cart] = rows;
  if (cart === undefined) return undefined;
  const variants = await readVariants(db, cart.items);
  return {
    state: cart.state,
    ...(cart.url === null ? {} : { url: cart.url }),
    lines: cart.items.map((item) => lineOf(item, variants.get(item.variant), language)),
  };
}

async function readVariants(db: Queryable, items: readonly CartItem[]): Promise<Map<string, VariantRow>> {
  const { rows } = await sql<VariantRow>`
    select variant, title, titles, price_amount, price_currency, stock, removed, image, url
    from variants
    where variant = any(${items.map((item) => item.variant)}::text[])
  `.execute(db);
  return new Map(rows.map((row) => [row.variant, row]));
}

/** A variant that the shop has told us nothing about is taken as the cart shows it. */
function lineOf(item: CartItem, known: VariantRow | undefined, language: string | undefined): LiveLine {
  const line = { variant: item.variant, quantity: item.quantity, seenPrice: item.price };
  if (known === undefined) return { ...line, title: item.variant, price: item.price, available: true };
  return {
    ...line,
    title: titleIn(known, language),
    price: priceOf(known, item.price),
    available: !known.removed && (known.stock === null || known.stock > 0),
    ...(known.image === null ? {} : { image: known.image }),
    ...(known.url === null ? {} : { url: known.url }),
  };
}

/** A price in another currency than the cart's says nothing about the cart. */
function priceOf({ price_amount, price_currency }: VariantRow, seen: Money): Money {
  if (price_amount === null || price_currency !== seen.currency) return seen;
  return { amount: price_amount, currency: price_currency };
}
