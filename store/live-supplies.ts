import { sql } from 'kysely';
import type { LiveSupplies, LiveSupply, SuppliesWanted } from '../domain/live-supplies.ts';
import { dueTogether, type RunningOut } from '../insight/replenishment.ts';
import type { Queryable } from './database.ts';
import { loadPantries } from './pantry.ts';
import { titleIn, type Titles } from './titles.ts';

interface ProductRow extends Titles {
  readonly variant: string;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly image: string | null;
  readonly url: string | null;
  readonly available: boolean;
}

/** What the order's customer runs out of about now, with the products as they are now. */
export async function readSupplies(
  db: Queryable,
  wanted: SuppliesWanted,
  language: string | undefined,
): Promise<LiveSupplies> {
  const pantry = (await loadPantries(db, [wanted.order], wanted.now)).get(wanted.order);
  if (pantry === undefined) return { silent: 'order-gone' };
  const outcome = dueTogether(pantry, wanted);
  if ('silent' in outcome) return outcome;
  const products = await readProducts(
    db,
    outcome.due.map(({ variant }) => variant),
  );
  const supplies = outcome.due.flatMap((supply) => supplyOf(supply, products.get(supply.variant), language));
  return supplies.length === 0 ? { silent: 'all-items-gone' } : { supplies };
}

async function readProducts(db: Queryable, variants: readonly string[]): Promise<Map<string, ProductRow>> {
  const { rows } = await sql<ProductRow>`
    select variant, title, titles, price_amount as amount, price_currency as currency, image, url,
      not removed and coalesce(stock > 0, true) as available
    from variants where variant = any(${variants}::text[])
  `.execute(db);
  return new Map(rows.map((row) => [row.variant, row]));
}

/** What cannot be bought is not offered; what the shop has told us nothing of may be bought. */
function supplyOf(
  { variant, endsAt }: RunningOut,
  product: ProductRow | undefined,
  language: string | undefined,
): LiveSupply[] {
  if (product === undefined) return [{ variant, endsAt }];
  if (!product.available) return [];
  const { amount, currency, image, url } = product;
  return [
    {
      variant,
      endsAt,
      title: titleIn(product, language),
      ...(image === null ? {} : { image }),
      ...(url === null ? {} : { url }),
      ...(amount === null || currency === null ? {} : { price: { amount, currency } }),
    },
  ];
}
