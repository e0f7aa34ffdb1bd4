import { eventCatalogue, type EventName } from '../domain/events/catalogue.ts';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from '../store/database.ts';
import { loadCarts, type CartCycle } from '../store/carts.ts';
import { identityKey, type IdentityMap } from '../store/customer-identities.ts';
import { findComplaints } from '../store/complaints.ts';
import { loadOrders, loadPlacedOrders, type OrderRecord, type PlacedOrder } from '../store/orders.ts';
import { loadRefunds } from '../store/refunds.ts';
import { loadReturns } from '../store/returns.ts';
import { findReviewedOrders, type ReviewedVariant } from '../store/reviews.ts';
import { loadShipments } from '../store/shipments.ts';
import { customerIdOf } from './facts/apply-event.ts';
import { CartBook } from './facts/cart-book.ts';
import { Doorstep } from './facts/doorstep.ts';
import type { Home, Knowledge } from './facts/knowledge.ts';
import { OrderHistory } from './facts/order-history.ts';
import { assertLocked, namesOf, type People } from './lock-people.ts';
import type { IncomingEvent } from './parse-event.ts';
import { Records } from './records.ts';

/** What the events name, and what their people have. */
export interface Reading {
  readonly carts: readonly CartCycle[];
  readonly orders: readonly OrderRecord[];
  readonly placed: readonly PlacedOrder[];
  readonly buyers: ReadonlySet<string>;
  readonly reviewedOrders: ReadonlyMap<string, string>;
  readonly complaintIds: Map<string, string>;
}

/** Reads what the events will touch. Asked together with the lock of their people, it is read behind it. */
export async function readRecords(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { identities, cartsOf = [] }: { identities: IdentityMap; cartsOf?: readonly string[] },
): Promise<Reading> {
  const owners = [...new Set([...cartsOf, ...usersOf('cartId', events, identities)])];
  const buyers = new Set(usersOf('orderId', events, identities));
  const [carts, orders, placed, reviewedOrders, complaintIds] = await Promise.all([
    loadCarts(trx, { cartIds: namedIn(events, 'cartId'), customers: owners }),
    loadOrders(trx, namedIn(events, 'orderId')),
    loadPlacedOrders(trx, [...buyers]),
    readReviewedOrders(trx, events, identities),
    findComplaints(trx, complaintsNamedIn(events)),
  ]);
  return { carts, orders, placed, buyers, reviewedOrders, complaintIds };
}

/**
 * Completes what was read. A cart may still belong to somebody who is not named by any event: that person is locked as
 * well, by running the transaction again.
 */
export async function readKnowledge(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { people, now, home, reading }: { people: People; now: Instant; home: Home; reading: Reading },
): Promise<Knowledge> {
  const { carts, orders, placed, buyers, reviewedOrders, complaintIds } = reading;
  assertLocked(people.customers, [
    ...carts.map((cart) => cart.customer),
    ...orders.flatMap(({ customer }) => customer ?? []),
  ]);
  const otherBuyers = orders.flatMap(({ customer }) => customer ?? []).filter((id) => !buyers.has(id));
  const [placedByOthers, doorstep] = await Promise.all([
    loadPlacedOrders(trx, otherBuyers),
    readDoorstep(trx, events, orders),
  ]);
  return {
    now,
    home,
    identities: people.identities,
    customers: new Records(people.customers.values()),
    carts: new CartBook(carts),
    orders: new Map(orders.map((order) => [order.orderId, order])),
    changedOrders: new Set(),
    changedLines: new Set(),
    history: new OrderHistory([...placed, ...placedByOthers]),
    doorstep,
    reviewedOrders,
    complaintIds,
    deliveries: people.deliveries,
    contactPoints: [],
    dates: [],
    consents: [],
    suppressions: [],
    variants: [],
    feedback: [],
    reviews: [],
    complaints: [],
    clicks: [],
    cartMoves: [],
  };
}

/** Parcels, returns and refunds are read when some of them may change, or when the order comes after them. */
async function readDoorstep(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  orders: readonly OrderRecord[],
): Promise<Doorstep> {
  const touched = new Set(events.filter(({ event }) => countsUnits(event.type)).flatMap(orderIdOf));
  const ids = orders.filter(({ orderId }) => touched.has(orderId)).map(({ id }) => id);
  const [shipments, returns, refunds] = await Promise.all([
    loadShipments(trx, ids),
    loadReturns(trx, ids),
    loadRefunds(trx, ids),
  ]);
  return new Doorstep({ shipments, returns, refunds });
}

function countsUnits(type: EventName): boolean {
  const { fact } = eventCatalogue[type];
  return fact === 'parcel' || fact === 'return' || type === 'order.placed' || type === 'order.refunded';
}

function orderIdOf({ event }: IncomingEvent): string[] {
  return 'orderId' in event.data && event.data.orderId !== undefined ? [event.data.orderId] : [];
}

async function readReviewedOrders(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  identities: IdentityMap,
): Promise<Map<string, string>> {
  const wanted = new Map<string, ReviewedVariant>();
  for (const { event, at } of events) {
    if (event.type !== 'review.submitted' || event.data.orderId !== undefined) continue;
    const customer = customerIdOf(identities, event);
    if (customer !== undefined) wanted.set(event.id, { customer, variant: event.data.variant, at });
  }
  const found = await findReviewedOrders(trx, [...wanted.values()]);
  return new Map(
    [...wanted.keys()].flatMap((id, place) => {
      const order = found[place] ?? null;
      return order === null ? [] : [[id, order]];
    }),
  );
}

function complaintsNamedIn(events: readonly IncomingEvent[]): string[] {
  const ids = events.flatMap(({ event }) =>
    event.type === 'complaint.opened' || event.type === 'complaint.closed' || event.type === 'ticket.closed'
      ? [event.data.id]
      : [],
  );
  return [...new Set(ids)];
}

/** Whose events these are: their other carts may fall silent, and their earlier orders count. */
function usersOf(
  field: 'cartId' | 'orderId',
  events: readonly IncomingEvent[],
  identities: IdentityMap,
): string[] {
  const about = events.filter(({ event }) => field in event.data);
  return namesOf(about).flatMap((name) => identities.get(identityKey(name)) ?? []);
}

function namedIn(events: readonly IncomingEvent[], field: 'cartId' | 'orderId'): string[] {
  const ids = events.map(({ event }) => Reflect.get(event.data, field));
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}
