import { sql } from 'kysely';
import { moneyOrNull, type Money } from '../domain/money.ts';
import type { Queryable } from './database.ts';
import type { Titles } from './titles.ts';

/** A product as the shop sells it now. */
export interface LiveProduct extends Titles {
  /** Null when the shop has not told it. */
  readonly price: Money | null;
  /** False when it is sold out or no longer sold. */
  readonly available: boolean;
  readonly appearance: Appearance;
}

/** Picture and page of a product, where the shop has told them. */
export interface Appearance {
  readonly image?: string;
  readonly url?: string;
}

interface ProductRow extends Titles {
  readonly variant: string;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly available: boolean;
  readonly image: string | null;
  readonly url: string | null;
}

/** By variant; those of which the shop has told us nothing are left out. */
export async function readProducts(
  db: Queryable,
  variants: readonly string[],
): Promise<ReadonlyMap<string, LiveProduct>> {
  const { rows } = await sql<ProductRow>`
    select variant, title, titles, price_amount as amount, price_currency as currency, image, url,
      not removed and coalesce(stock > 0, true) as available
    from variants
    where variant = any(${variants}::text[])
  `.execute(db);
  return new Map(rows.map((row) => [row.variant, productOf(row)]));
}

function productOf(row: ProductRow): LiveProduct {
  const { title, titles, amount, currency, available } = row;
  const price = moneyOrNull(amount, currency);
  return { title, titles, price, available, appearance: appearanceOf(row) };
}

export function appearanceOf({ image, url }: Pick<ProductRow, 'image' | 'url'>): Appearance {
  return { ...(image === null ? {} : { image }), ...(url === null ? {} : { url }) };
}
