import { sql } from 'kysely';
import type { LiveCart, LiveLine } from '../domain/message.ts';
import type { Money } from '../domain/money.ts';
import type { Queryable } from './database.ts';
import { readProducts, type LiveProduct } from './live-products.ts';
import type { CartItem } from './schema.ts';
import { titleIn } from './titles.ts';

interface CartRow {
  readonly state: LiveCart['state'];
  readonly url: string | null;
  readonly items: readonly CartItem[];
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
  const products = await readProducts(
    db,
    cart.items.map(({ variant }) => variant),
  );
  return {
    state: cart.state,
    ...(cart.url === null ? {} : { url: cart.url }),
    lines: cart.items.map((item) => lineOf(item, products.get(item.variant), language)),
  };
}

/** A variant that the shop has told us nothing about is taken as the cart shows it. */
function lineOf(item: CartItem, known: LiveProduct | undefined, language: string | undefined): LiveLine {
  const line = { variant: item.variant, quantity: item.quantity, seenPrice: item.price };
  if (known === undefined) return { ...line, title: item.variant, price: item.price, available: true };
  return {
    ...line,
    title: titleIn(known, language),
    price: priceOf(known, item.price),
    available: known.available,
    ...known.appearance,
  };
}

/** A price in another currency than the cart's says nothing about the cart. */
function priceOf({ price }: LiveProduct, seen: Money): Money {
  return price?.currency === seen.currency ? price : seen;
}
