import { sql } from 'kysely';
import { parseDuration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import { keptUnits } from '../domain/kept-goods.ts';
import { contentsOf } from '../domain/order-units.ts';
import { supplyMessages } from '../domain/supply-messages.ts';
import type { Pantry, PantryGood, ToldOfSupplies } from '../insight/pantry.ts';
import { type Queryable, timestamp } from './database.ts';
import { loadRhythms } from './family-rhythms.ts';
import { loadShipments, type ShipmentRecord } from './shipments.ts';

/** What is older says little about what runs out now, and an old customer's orders need not all be read (our choice). */
const reachesBack = parseDuration('730 days');

interface LineRow {
  readonly asked: string;
  readonly order: string;
  readonly orderedAt: Instant;
  readonly line: number;
  readonly shopLine: string | null;
  readonly variant: string;
  readonly quantity: number;
  readonly refunded: number;
  readonly delivered: number;
  readonly returned: number;
  readonly gift: boolean;
  readonly family: string;
  readonly unitDays: number | null;
  readonly discreet: boolean;
}

interface ToldRow extends ToldOfSupplies {
  readonly asked: string;
}

/**
 * What the customers of these orders have bought, by order; four statements, however many orders. An order that nobody has
 * placed is left out.
 */
export async function loadPantries(
  db: Queryable,
  orders: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, Pantry>> {
  const [lines, told] = await Promise.all([loadLines(db, orders, now), loadTold(db, orders, now)]);
  const arrivals = arrivalsOf(lines, await loadShipments(db, distinct(lines.map(({ order }) => order))));
  const goods = lines.map((line) => ({ asked: line.asked, good: goodOf(line, arrivals) }));
  const rhythms = await loadRhythms(db, familiesInDoubt(goods.map(({ good }) => good)), now);
  return new Map(
    distinct(lines.map(({ asked }) => asked)).map((asked) => [
      asked,
      {
        goods: goods.flatMap((each) => (each.asked === asked ? [each.good] : [])),
        rhythms,
        told: told.filter((each) => each.asked === asked),
      },
    ]),
  );
}

async function loadLines(db: Queryable, orders: readonly string[], now: Instant): Promise<LineRow[]> {
  const { rows } = await sql<LineRow>`
    select a.id as asked, o.id as "order", o.placed_at as "orderedAt", l.line, l.shop_line as "shopLine", l.variant,
      l.quantity, l.refunded_quantity as refunded, l.delivered_quantity as delivered, l.returned_quantity as returned,
      l.gift, coalesce(v.family, l.variant) as family, v.supply_days as "unitDays",
      coalesce(v.age_restricted or v.sensitive, false) as discreet
    from orders a
    join orders o on o.customer_id = a.customer_id
    join order_lines l on l.order_id = o.id
    left join variants v on v.variant = l.variant
    where a.id = any(${orders}::uuid[]) and o.state not in ('cancelled', 'refunded')
      and o.placed_at between ${timestamp(now - reachesBack)}::timestamptz and ${timestamp(now)}::timestamptz
    order by o.placed_at, o.id, l.line
  `.execute(db);
  return rows;
}

/** What left counts from when it left; what may have left counts as well. */
async function loadTold(db: Queryable, orders: readonly string[], now: Instant): Promise<ToldRow[]> {
  const { rows } = await sql<ToldRow>`
    select a.id as asked, d.message, d.sending_at as at
    from orders a
    join deliveries d on d.customer_id = a.customer_id
    where a.id = any(${orders}::uuid[]) and d.message = any(${supplyMessages}::text[])
      and d.state in ('accepted', 'sending', 'unknown')
      and d.sending_at between ${timestamp(now - reachesBack)}::timestamptz and ${timestamp(now)}::timestamptz
  `.execute(db);
  return rows;
}

/** By order and line, when the last parcel with units of it arrived. */
type Arrivals = ReadonlyMap<string, Instant>;

function arrivalsOf(lines: readonly LineRow[], shipments: readonly ShipmentRecord[]): Arrivals {
  const arrivals = new Map<string, Instant>();
  const parcels = grouped(shipments, ({ order }) => order);
  // Two asked orders of one customer bring each line twice.
  const bought = grouped(
    [...new Map(lines.map((line) => [keyOf(line), line])).values()],
    ({ order }) => order,
  );
  for (const [order, mine] of parcels) {
    const contents = contentsOf(
      bought.get(order) ?? [],
      mine.map((parcel) => parcel.lines),
    );
    for (const [place, { deliveredAt }] of mine.entries()) {
      if (deliveredAt === null) continue;
      for (const line of contents[place]?.keys() ?? []) {
        const key = keyOf({ order, line });
        arrivals.set(key, Math.max(deliveredAt, arrivals.get(key) ?? deliveredAt));
      }
    }
  }
  return arrivals;
}

function keyOf({ order, line }: Pick<LineRow, 'order' | 'line'>): string {
  return `${order}/${line}`;
}

function goodOf(row: LineRow, arrivals: Arrivals): PantryGood {
  const { order, orderedAt, variant, family, gift, discreet, unitDays, delivered } = row;
  const kept = keptUnits(row);
  const arrivedAt = arrivals.get(keyOf(row));
  return {
    order,
    orderedAt,
    variant,
    family,
    gift,
    discreet,
    kept,
    arrived: Math.min(delivered, kept),
    ...(unitDays === null ? {} : { unitDays }),
    ...(arrivedAt === undefined ? {} : { arrivedAt }),
  };
}

/** Families of which the shop does not say how long they last. */
function familiesInDoubt(goods: readonly PantryGood[]): string[] {
  const own = goods.filter(
    (good) => !good.gift && !good.discreet && good.kept > 0 && good.unitDays === undefined,
  );
  return distinct(own.map(({ family }) => family));
}

function grouped<Item>(items: readonly Item[], keyOfItem: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOfItem(item));
    if (group === undefined) groups.set(keyOfItem(item), [item]);
    else group.push(item);
  }
  return groups;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
