import type { SeasonFact } from '../domain/live-season.ts';
import type { Clock } from '../domain/instant.ts';
import type { Database } from '../store/database.ts';
import { seasonFactOf } from '../store/live-season.ts';
import { createSeasonFacts, productMark } from '../store/season-facts.ts';

/** Finds what a share link is about: a product with how many people chose it in a season. Knows nobody. */
export type FindSharedProduct = (
  shared: { readonly season: string; readonly mark: string },
  language: string,
) => Promise<SeasonFact | undefined>;

/** What is no longer sold, or was chosen by fewer than ten after all, is not found. */
export function createSharedProductFinder({
  db,
  clock,
}: {
  readonly db: Database;
  readonly clock: Clock;
}): FindSharedProduct {
  const factsOf = createSeasonFacts(db);
  return async ({ season, mark }, language) => {
    const { products } = await factsOf(season, clock.now());
    const product = products.find(({ variant }) => productMark(variant) === mark);
    return product === undefined ? undefined : seasonFactOf(products, product, language);
  };
}
