import type { LiveSupplies, LiveSupply, SuppliesWanted } from '../domain/live-supplies.ts';
import { dueTogether, type RunningOut } from '../insight/replenishment.ts';
import type { Queryable } from './database.ts';
import { readProducts, type LiveProduct } from './live-products.ts';
import { loadPantries } from './pantry.ts';
import { titleIn } from './titles.ts';

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

/** What cannot be bought is not offered; what the shop has told us nothing of may be bought. */
function supplyOf(
  { variant, endsAt }: RunningOut,
  product: LiveProduct | undefined,
  language: string | undefined,
): LiveSupply[] {
  if (product === undefined) return [{ variant, endsAt }];
  if (!product.available) return [];
  const { price, appearance } = product;
  const title = titleIn(product, language);
  return [{ variant, endsAt, title, ...appearance, ...(price === null ? {} : { price }) }];
}
