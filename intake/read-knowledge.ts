import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from '../store/database.ts';
import { loadCarts } from '../store/carts.ts';
import { identityKey } from '../store/customer-identities.ts';
import { loadEarlyRefunds, loadOrders } from '../store/orders.ts';
import { CartBook } from './facts/cart-book.ts';
import type { Knowledge } from './facts/knowledge.ts';
import { assertLocked, namesOf, type People } from './lock-people.ts';
import type { IncomingEvent } from './parse-event.ts';
import { Records } from './records.ts';

/**
 * Reads what the events will touch. A cart may still belong to somebody who is not named by any event: that person is
 * locked as well, by running the transaction again.
 */
export async function readKnowledge(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { people, now, cartsOf = [] }: { people: People; now: Instant; cartsOf?: readonly string[] },
): Promise<Knowledge> {
  const cartIds = namedIn(events, 'cartId');
  const owners = [...new Set([...cartsOf, ...cartUsers(events, people)])];
  const [carts, orders] = await Promise.all([
    loadCarts(trx, { cartIds, customers: owners }),
    loadOrders(trx, namedIn(events, 'orderId')),
  ]);
  assertLocked(
    people.customers,
    carts.map((cart) => cart.customer),
  );
  const earlyRefunds = await loadEarlyRefunds(trx, orders);
  return {
    now,
    identities: people.identities,
    customers: new Records(people.customers.values()),
    carts: new CartBook(carts),
    orders: new Map(orders.map((order) => [order.orderId, order])),
    changedOrders: new Set(),
    deliveries: people.deliveries,
    contactPoints: [],
    dates: [],
    consents: [],
    suppressions: [],
    variants: [],
    refunds: [],
    earlyRefunds,
    cartMoves: [],
  };
}

/** Whose other carts an event may silence. */
function cartUsers(events: readonly IncomingEvent[], { identities }: People): string[] {
  const aboutCarts = events.filter(({ event }) => 'cartId' in event.data);
  return namesOf(aboutCarts).flatMap((name) => identities.get(identityKey(name)) ?? []);
}

function namedIn(events: readonly IncomingEvent[], field: 'cartId' | 'orderId'): string[] {
  const ids = events.map(({ event }) => Reflect.get(event.data, field));
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}
