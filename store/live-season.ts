import { sql } from 'kysely';
import { parseDuration } from '../domain/duration.ts';
import type { LivePick, LiveSeason, SeasonFact, SeasonTrend, SeasonWanted } from '../domain/live-season.ts';
import { dayAfter, seasonDays } from '../domain/seasons.ts';
import { timestamp, type Queryable } from './database.ts';
import { appearanceOf } from './live-products.ts';
import type { SeasonFacts, SeasonProduct } from './season-facts.ts';
import { titleIn, type Titles } from './titles.ts';

const favouritesShown = 3;
const popularShown = 3;
const lately = parseDuration('365 days');

interface OwnRow extends Titles {
  readonly variant: string;
  readonly category: string | null;
  readonly image: string | null;
  readonly url: string | null;
  readonly removed: boolean;
  /** Bought in the season. */
  readonly inSeason: boolean;
}

/** The season as the order's customer had it; `undefined` when the order or the season is not there. */
export async function readSeason(
  db: Queryable,
  factsOf: (season: string, now: number) => Promise<SeasonFacts>,
  wanted: SeasonWanted,
  language: string | undefined,
): Promise<LiveSeason | undefined> {
  const days = seasonDays(wanted.season);
  if (days === undefined) return undefined;
  const seasonOver = Date.parse(dayAfter(days.closes, 1));
  const [facts, own, customer] = await Promise.all([
    factsOf(wanted.season, wanted.now),
    readOwn(db, wanted, { from: Date.parse(days.opens), to: seasonOver }),
    readCustomer(db, wanted, seasonOver),
  ]);
  if (customer === undefined) return undefined;
  const trend = trendOf(facts, own);
  const fact = factOf(facts, own, language);
  return {
    orderedSince: customer.orderedSince,
    favourites: own
      .filter((row) => !row.removed)
      .slice(0, favouritesShown)
      .map((row) => pickOf(row, language)),
    popular: facts.products.slice(0, popularShown).map((product) => pickOf(product, language)),
    ...(trend === undefined ? {} : { trend }),
    ...(fact === undefined ? {} : { fact }),
  };
}

async function readCustomer(
  db: Queryable,
  { order, now }: SeasonWanted,
  seasonOver: number,
): Promise<{ readonly orderedSince: boolean } | undefined> {
  const { rows } = await sql<{ orderedSince: boolean }>`
    select exists (
      select from orders o
      where o.customer_id = a.customer_id and o.state <> 'cancelled'
        and o.placed_at between ${timestamp(seasonOver)}::timestamptz and ${timestamp(now)}::timestamptz
    ) as "orderedSince"
    from orders a
    where a.id = ${order}::uuid and a.customer_id is not null and a.state not in ('cancelled', 'refunded')
  `.execute(db);
  return rows[0];
}

/** What the customer bought for themselves in the last year and has kept, what they bought most often first. */
async function readOwn(
  db: Queryable,
  { order, now }: SeasonWanted,
  season: { readonly from: number; readonly to: number },
): Promise<OwnRow[]> {
  const { rows } = await sql<OwnRow>`
    select v.variant, v.title, v.titles, v.category, v.image, v.url, v.removed, bought."inSeason"
    from (
      select l.variant, count(distinct o.id) as times, sum(l.quantity) as units,
        bool_or(o.placed_at >= ${timestamp(season.from)}::timestamptz
          and o.placed_at < ${timestamp(season.to)}::timestamptz) as "inSeason"
      from orders a
      join orders o on o.customer_id = a.customer_id
      join order_lines l on l.order_id = o.id
      where a.id = ${order}::uuid and o.state not in ('cancelled', 'refunded') and not l.gift
        and l.quantity > greatest(l.refunded_quantity, l.returned_quantity)
        and o.placed_at between ${timestamp(now - lately)}::timestamptz and ${timestamp(now)}::timestamptz
      group by l.variant
    ) bought
    join variants v on v.variant = bought.variant
    where not v.age_restricted and not v.sensitive
    order by bought.times desc, bought.units desc, v.variant
  `.execute(db);
  return rows;
}

function trendOf({ growth }: SeasonFacts, own: readonly OwnRow[]): SeasonTrend | undefined {
  const trends = own.flatMap(({ category, inSeason }) => {
    const tenths = category === null || !inSeason ? undefined : growth.get(category);
    return category === null || tenths === undefined ? [] : [{ category, tenths }];
  });
  return trends.sort((a, b) => b.tenths - a.tenths || (a.category < b.category ? -1 : 1))[0];
}

/** Of what they bought in the season, what most others bought as well. */
function factOf(
  { products }: SeasonFacts,
  own: readonly OwnRow[],
  language: string | undefined,
): SeasonFact | undefined {
  const mine = new Set(own.flatMap(({ variant, inSeason }) => (inSeason ? [variant] : [])));
  const product = products.find(({ variant }) => mine.has(variant));
  if (product === undefined) return undefined;
  return seasonFactOf(products, product, language);
}

/** A product with how many people chose it and the place that this makes. */
export function seasonFactOf(
  products: readonly SeasonProduct[],
  product: SeasonProduct,
  language: string | undefined,
): SeasonFact {
  const { people } = product;
  const place = 1 + products.filter((other) => other.people > people).length;
  return { ...pickOf(product, language), people, place };
}

function pickOf(
  row: Titles & { readonly variant: string; readonly image: string | null; readonly url: string | null },
  language: string | undefined,
): LivePick {
  return { variant: row.variant, title: titleIn(row, language), ...appearanceOf(row) };
}
