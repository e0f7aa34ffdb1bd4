import type { EventName, FactOf } from '../../domain/events/catalogue.ts';
import { createIntake } from '../../intake/create-intake.ts';
import type { JourneyDefinition } from '../../domain/journey.ts';
import { openShop, type Shop } from './shop.ts';

export type DoorstepShop = Shop;

/** A shop in Seoul. */
export async function openDoorstepShop(
  definitions: readonly JourneyDefinition[] = [],
): Promise<DoorstepShop> {
  const shop = await openShop(definitions);
  const intake = createIntake({
    db: shop.db,
    journeys: definitions,
    clock: { now: shop.now },
    home: { timeZone: 'Asia/Seoul' },
  });
  return { ...shop, intake, tell: (...events) => intake.accept(events) };
}

export interface Kept<Name extends EventName> {
  readonly id: string;
  readonly fact: FactOf<Name>;
}

/** The events of a type that are kept, derived ones included, in the order in which they were told. */
export async function findKept<Name extends EventName>(
  { db }: Pick<Shop, 'db'>,
  type: Name,
): Promise<Kept<Name>[]> {
  const rows = await db
    .selectFrom('events')
    .select(['id', 'fact'])
    .where('type', '=', type)
    .orderBy('received_at')
    .orderBy('id')
    .execute();
  // The fact of an event has the kind that its type names.
  return rows as Kept<Name>[];
}

/** What became of the units of all orders, line by line. */
export async function onDoorstep({ db }: Pick<Shop, 'db'>) {
  return db
    .selectFrom('order_lines')
    .innerJoin('orders', 'orders.id', 'order_lines.order_id')
    .select([
      'orders.order_id as order',
      'line',
      'variant',
      'refunded_quantity as refunded',
      'shipped_quantity as shipped',
      'delivered_quantity as delivered',
      'returned_quantity as returned',
    ])
    .orderBy('orders.order_id')
    .orderBy('line')
    .execute();
}
