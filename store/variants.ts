import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Money } from '../domain/money.ts';
import type { DatabaseTransaction } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** What one event says about a variant; what it does not say stays as it was. */
export interface VariantWord {
  readonly variant: string;
  readonly at: Instant;
  readonly title?: string | undefined;
  readonly titles?: Readonly<Record<string, string>> | undefined;
  readonly price?: Money | undefined;
  /** Null: the shop does not count. */
  readonly stock?: number | null | undefined;
  readonly image?: string | undefined;
  readonly url?: string | undefined;
  readonly category?: string | undefined;
  readonly supplyDays?: number | undefined;
  readonly family?: string | undefined;
  readonly ageRestricted?: boolean | undefined;
  readonly sensitive?: boolean | undefined;
  readonly removed?: boolean | undefined;
}

/**
 * Writes what is said about variants, oldest word first. A word that comes late (older than what is known) only fills in
 * what nobody has said yet. Sorted, so that two imports of one catalogue wait for each other.
 */
export async function writeVariants(trx: DatabaseTransaction, words: readonly VariantWord[]): Promise<void> {
  const joined = new Map<string, VariantWord>();
  for (const word of words) joined.set(word.variant, joinWords(joined.get(word.variant), word));
  if (joined.size === 0) return;
  const sorted = [...joined.values()].sort((a, b) => (a.variant < b.variant ? -1 : 1));
  // Sent together: a word about a variant that it has just added says the same again.
  await Promise.all([addVariants(trx, sorted), changeVariants(trx, sorted)]);
}

function joinWords(before: VariantWord | undefined, word: VariantWord): VariantWord {
  return {
    variant: word.variant,
    at: word.at,
    title: word.title ?? before?.title,
    titles: word.titles === undefined ? before?.titles : { ...before?.titles, ...word.titles },
    price: word.price ?? before?.price,
    stock: word.stock === undefined ? before?.stock : word.stock,
    image: word.image ?? before?.image,
    url: word.url ?? before?.url,
    category: word.category ?? before?.category,
    supplyDays: word.supplyDays ?? before?.supplyDays,
    family: word.family ?? before?.family,
    ageRestricted: word.ageRestricted ?? before?.ageRestricted,
    sensitive: word.sensitive ?? before?.sensitive,
    removed: word.removed ?? before?.removed,
  };
}

/** Adds those that nobody has named yet. A variant without a title is called by its id until it gets one. */
async function addVariants(trx: DatabaseTransaction, words: readonly VariantWord[]): Promise<void> {
  await sql`
    insert into variants (variant, title, titles, price_amount, price_currency, stock, image, url, category,
      supply_days, family, age_restricted, sensitive, removed, occurred_at)
    select variant, coalesce(title, variant), coalesce(titles, '{}'), price_amount, price_currency, stock, image, url,
      category, supply_days, family, coalesce(age_restricted, false), coalesce(sensitive, false),
      coalesce(removed, false), occurred_at
    from ${wordSet(words)}
    order by variant
    on conflict (variant) do nothing
  `.execute(trx);
}

async function changeVariants(trx: DatabaseTransaction, words: readonly VariantWord[]): Promise<void> {
  await sql`
    update variants v set
      title = case when newer or v.title = v.variant then coalesce(w.title, v.title) else v.title end,
      titles = case when newer then v.titles || coalesce(w.titles, '{}') else coalesce(w.titles, '{}') || v.titles end,
      price_amount = case when newer or v.price_amount is null then coalesce(w.price_amount, v.price_amount) else v.price_amount end,
      price_currency = case when newer or v.price_amount is null then coalesce(w.price_currency, v.price_currency) else v.price_currency end,
      stock = case when newer and w.says_stock then w.stock else v.stock end,
      image = case when newer or v.image is null then coalesce(w.image, v.image) else v.image end,
      url = case when newer or v.url is null then coalesce(w.url, v.url) else v.url end,
      category = case when newer or v.category is null then coalesce(w.category, v.category) else v.category end,
      supply_days = case when newer or v.supply_days is null then coalesce(w.supply_days, v.supply_days) else v.supply_days end,
      family = case when newer or v.family is null then coalesce(w.family, v.family) else v.family end,
      age_restricted = case when newer then coalesce(w.age_restricted, v.age_restricted) else v.age_restricted end,
      sensitive = case when newer then coalesce(w.sensitive, v.sensitive) else v.sensitive end,
      removed = case when newer then coalesce(w.removed, v.removed) else v.removed end,
      occurred_at = greatest(w.occurred_at, v.occurred_at)
    from (
      select r.*, r.occurred_at >= known.occurred_at as newer
      from ${wordSet(words)} join variants known on known.variant = r.variant
      where known.variant = any(${words.map((word) => word.variant)}::text[])
      order by r.variant
      for update of known
    ) w
    where v.variant = w.variant and v.variant = any(${words.map((word) => word.variant)}::text[])
  `.execute(trx);
}

function wordSet(words: readonly VariantWord[]) {
  const rows = words.map((word) => ({
    variant: word.variant,
    title: word.title ?? null,
    titles: word.titles ?? null,
    price_amount: word.price?.amount ?? null,
    price_currency: word.price?.currency ?? null,
    stock: word.stock ?? null,
    says_stock: word.stock !== undefined,
    image: word.image ?? null,
    url: word.url ?? null,
    category: word.category ?? null,
    supply_days: word.supplyDays ?? null,
    family: word.family ?? null,
    age_restricted: word.ageRestricted ?? null,
    sensitive: word.sensitive ?? null,
    removed: word.removed ?? null,
    occurred_at: isoOrNull(word.at),
  }));
  return recordSet(
    rows,
    'variant text, title text, titles jsonb, price_amount bigint, price_currency text, stock integer, ' +
      'says_stock boolean, image text, url text, category text, supply_days integer, family text, ' +
      'age_restricted boolean, sensitive boolean, removed boolean, occurred_at timestamptz',
  );
}
