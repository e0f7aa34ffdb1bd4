import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { newId } from './new-id.ts';
import type { DatabaseTransaction, Queryable } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

export interface ReviewWord {
  /** The shop's id of the review, else that of the event. */
  readonly reviewId: string;
  readonly customer: string;
  /** Our id of the order. */
  readonly order: string | null;
  readonly shopLine: string | null;
  readonly variant: string | null;
  /** 1 to 5. */
  readonly stars: number;
  readonly at: Instant;
}

/** The newest word of each review counts; of two at the same instant the one with fewer stars. */
export async function writeReviews(trx: DatabaseTransaction, words: readonly ReviewWord[]): Promise<void> {
  const newest = new Map<string, ReviewWord>();
  for (const word of words) {
    const known = newest.get(word.reviewId);
    if (known === undefined || counts(word, known)) newest.set(word.reviewId, word);
  }
  if (newest.size === 0) return;
  const rows = [...newest.values()]
    .sort((a, b) => (a.reviewId < b.reviewId ? -1 : 1))
    .map((word) => ({
      id: newId(),
      review_id: word.reviewId,
      customer_id: word.customer,
      order_id: word.order,
      shop_line: word.shopLine,
      variant: word.variant,
      stars: word.stars,
      at: isoOrNull(word.at),
    }));
  await sql`
    insert into reviews (id, review_id, customer_id, order_id, shop_line, variant, stars, at)
    select * from ${recordSet(
      rows,
      'id uuid, review_id text, customer_id uuid, order_id uuid, shop_line text, variant text, stars integer, ' +
        'at timestamptz',
    )}
    on conflict (review_id) do update set
      customer_id = excluded.customer_id, order_id = excluded.order_id, shop_line = excluded.shop_line,
      variant = excluded.variant, stars = excluded.stars, at = excluded.at
    where (excluded.at, -excluded.stars) > (reviews.at, -reviews.stars)
  `.execute(trx);
}

function counts(word: ReviewWord, known: ReviewWord): boolean {
  return word.at === known.at ? word.stars < known.stars : word.at > known.at;
}

/** What is asked for reviews that name no order. */
export interface ReviewedVariant {
  readonly customer: string;
  /** Any variant when it is missing. */
  readonly variant?: string | undefined;
  readonly at: Instant;
}

/** For each, our id of the customer's newest order by then that has the variant; in the same order. */
export async function findReviewedOrders(
  db: Queryable,
  wanted: readonly ReviewedVariant[],
): Promise<(string | null)[]> {
  if (wanted.length === 0) return [];
  const rows = wanted.map(({ customer, variant, at }, place) => ({
    place,
    customer_id: customer,
    variant: variant ?? null,
    at: isoOrNull(at),
  }));
  const found = await sql<{ order: string | null }>`
    select o.id as "order"
    from ${recordSet(rows, 'place integer, customer_id uuid, variant text, at timestamptz')}
    left join lateral (
      select id from orders
      where orders.customer_id = r.customer_id and placed_at <= r.at and state <> 'cancelled'
        and (r.variant is null or exists (
          select 1 from order_lines l where l.order_id = orders.id and l.variant = r.variant
        ))
      order by placed_at desc, order_id desc
      limit 1
    ) o on true
    order by r.place
  `.execute(db);
  return found.rows.map(({ order }) => order);
}
