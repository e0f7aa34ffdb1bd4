import { sql } from 'kysely';
import type { LiveCart, LiveLine, MessageReader } from '../domain/message.ts';
import type { Money } from '../domain/money.ts';
import type { Queryable } from './database.ts';
import type { CartItem } from './schema.ts';

/** What messages read about carts when they leave: lines, prices and stock are those of now. */
export function createMessageReader(db: Queryable): MessageReader {
  return { cart: (cycle, language) => readLiveCart(db, cycle, language) };
}

interface CartRow {
  readonly state: LiveCart['state'];
  readonly url: string | null;
  readonly items: readonly CartItem[];
}

interface VariantRow {
  readonly variant: string;
  readonly title: string;
  readonly titles: Readonly<Record<string, string>>;
  readonly price_amount: number | null;
  readonly price_currency: string | null;
  readonly stock: number | null;
  readonly removed: boolean;
  readonly image: string | null;
  readonly url: string | null;
}

async function readLiveCart(
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

/** Titles are kept by language (`ko`), and asked for by locale as well (`ko-KR`). */
function titleIn({ title, titles }: VariantRow, language = ''): string {
  return titles[language] ?? titles[language.split('-')[0] ?? ''] ?? title;
}

/** A price in another currency than the cart's says nothing about the cart. */
function priceOf({ price_amount, price_currency }: VariantRow, seen: Money): Money {
  if (price_amount === null || price_currency !== seen.currency) return seen;
  return { amount: price_amount, currency: price_currency };
}
