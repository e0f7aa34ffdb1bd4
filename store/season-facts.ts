import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { parseDuration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import { dayAfter, seasonDays, type SeasonDays } from '../domain/seasons.ts';
import type { Queryable } from './database.ts';
import type { Titles } from './titles.ts';

/** What the whole shop bought in a season. Nothing in here is about anybody. */
export interface SeasonFacts {
  /** Most people first; at most a hundred. */
  readonly products: readonly SeasonProduct[];
  /** Categories that grew, by name, in tenths: 24 for 2.4 times as many people as in the weeks before. */
  readonly growth: ReadonlyMap<string, number>;
}

export interface SeasonProduct extends Titles {
  readonly variant: string;
  readonly people: number;
  readonly image: string | null;
  readonly url: string | null;
}

/** Fewer say nothing about a season, and might say something about a person (our choice). */
const fewestPeople = 10;
/** Below half as many again it is no trend (our choice). */
const leastGrowth = 15;
/** A season that is over hardly changes; a recap goes to many people within an hour. */
const keptFor = parseDuration('1 hour');

/**
 * Reads what a season was like, once an hour for each season however many ask: it reads all orders of some weeks. What is
 * no season has no facts.
 */
export function createSeasonFacts(db: Queryable): (season: string, now: Instant) => Promise<SeasonFacts> {
  const kept = new Map<string, { readonly at: Instant; readonly facts: Promise<SeasonFacts> }>();
  return (season, now) => {
    const known = kept.get(season);
    if (known !== undefined && Math.abs(now - known.at) < keptFor) return known.facts;
    const days = seasonDays(season);
    if (days === undefined) return Promise.resolve({ products: [], growth: new Map() });
    const facts = loadSeasonFacts(db, days);
    kept.set(season, { at: now, facts });
    // A failure is not kept; whoever waits for it hears of it.
    facts.catch(() => kept.delete(season));
    return facts;
  };
}

async function loadSeasonFacts(db: Queryable, days: SeasonDays): Promise<SeasonFacts> {
  const [products, growth] = await Promise.all([loadProducts(db, days), loadGrowth(db, days)]);
  return { products, growth };
}

/** Gifts are no part of it, nor what nobody should read over a shoulder, nor what is no longer sold. */
const countsForSeason = sql`
  o.state not in ('cancelled', 'refunded') and o.customer_id is not null and not l.gift
    and l.quantity > greatest(l.refunded_quantity, l.returned_quantity)
    and not v.age_restricted and not v.sensitive and not v.removed
`;

/** In Greenwich days: a few hours more or less say the same about six weeks. */
function isWithin(first: string, last: string) {
  return sql`o.placed_at >= ${`${first}T00:00:00Z`}::timestamptz and o.placed_at < ${`${dayAfter(last, 1)}T00:00:00Z`}::timestamptz`;
}

async function loadProducts(db: Queryable, { opens, closes }: SeasonDays): Promise<SeasonProduct[]> {
  const { rows } = await sql<SeasonProduct>`
    select v.variant, v.title, v.titles, v.image, v.url, most.people
    from (
      select l.variant, count(distinct o.customer_id)::integer as people, sum(l.quantity) as units
      from orders o
      join order_lines l on l.order_id = o.id
      join variants v on v.variant = l.variant
      where ${isWithin(opens, closes)} and ${countsForSeason}
      group by l.variant
      having count(distinct o.customer_id) >= ${fewestPeople}
      order by people desc, units desc, l.variant
      limit 100
    ) most
    join variants v on v.variant = most.variant
    order by most.people desc, most.units desc, v.variant
  `.execute(db);
  return rows;
}

async function loadGrowth(db: Queryable, { opens, closes }: SeasonDays): Promise<Map<string, number>> {
  const length = (Date.parse(closes) - Date.parse(opens)) / 86_400_000 + 1;
  const { rows } = await sql<{ category: string; tenths: number }>`
    with people as (
      select v.category,
        count(distinct o.customer_id) filter (where ${isWithin(opens, closes)}) as during,
        count(distinct o.customer_id) filter (where not (${isWithin(opens, closes)})) as before
      from orders o
      join order_lines l on l.order_id = o.id
      join variants v on v.variant = l.variant
      where ${isWithin(dayAfter(opens, -length), closes)} and v.category is not null and ${countsForSeason}
      group by v.category
    )
    select category, round(10.0 * during / before)::integer as tenths
    from people
    where during >= ${fewestPeople} and before >= ${fewestPeople} and 10 * during >= ${leastGrowth} * before
  `.execute(db);
  return new Map(rows.map(({ category, tenths }) => [category, tenths]));
}

/** Tells products apart in a share link; eight bytes in hexadecimal. */
export function productMark(variant: string): string {
  return createHash('sha256').update(variant).digest('hex').slice(0, 16);
}
