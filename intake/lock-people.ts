import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from '../store/database.ts';
import {
  createIdentities,
  findIdentities,
  identityKey,
  type Identity,
  type IdentityMap,
  type WantedIdentity,
} from '../store/customer-identities.ts';
import { lockCustomers, type CustomerRecord } from '../store/customers.ts';
import { findCustomersOfKeys, type JourneyKey } from '../store/enrolments.ts';
import { findErasures } from '../store/erasures.ts';
import { findDeliveries, type DeliveryOwner } from '../store/find-deliveries.ts';
import { externalIdOf, isProductEvent } from './facts/apply-event.ts';
import type { JourneyBook } from './journey-book.ts';
import type { IncomingEvent } from './parse-event.ts';
import { TryAgain } from './retry-transaction.ts';

/** Everybody whom the events concern, locked. */
export interface People {
  readonly identities: IdentityMap;
  readonly customers: Map<string, CustomerRecord>;
  readonly deliveries: Map<string, DeliveryOwner>;
}

/** Whom the events concern, as it stood a moment ago. */
export interface Sighting extends Named {
  /** As of when people of these names were erased, by name. */
  readonly erasures: ReadonlyMap<string, Instant>;
}

interface Named {
  /** May name more than the events do. */
  readonly identities: IdentityMap;
  /** Customers who have no name in the events: those of their messages, and of journeys about a product. */
  readonly bystanders: readonly string[];
}

/** Looks for the people of the events. Whom they name for the first time is not among them yet. */
export async function findPeople(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  journeys: JourneyBook,
): Promise<Sighting> {
  const names = namesOf(events);
  const [identities, erasures, deliveries, enrolled] = await Promise.all([
    findIdentities(trx, names),
    findErasures(trx, names),
    findDeliveries(trx, sendIdsOf(events)),
    findCustomersOfKeys(trx, keysOfShopEvents(events, journeys)),
  ]);
  return { identities, erasures, bystanders: [...ownersOf(deliveries), ...enrolled] };
}

/** Makes customers for names that nobody has, and tells who has the names of the events now. */
export async function namePeople(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { identities: before, bystanders }: Named,
  now: Instant,
): Promise<Named> {
  const names = namesOf(events);
  const created = await createMissing(trx, events, { names, before, now });
  const identities = new Map<string, string>();
  for (const name of names.map(identityKey)) {
    const customer = created.get(name) ?? before.get(name);
    if (customer !== undefined) identities.set(name, customer);
  }
  return { identities, bystanders };
}

/**
 * Locks everybody in one go, in the order of their ids. Who they were before the lock they must be behind it: somebody may
 * have been merged or erased while we waited, or a device handed over, and then the transaction is run again.
 */
export async function lockPeople(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { identities, bystanders }: Named,
  alsoLock: ReadonlySet<string>,
): Promise<People> {
  const devices = devicesOf(events);
  // Sent together and worked through in this order: what follows the lock is read behind it.
  const [customers, owners, deliveries] = await Promise.all([
    lockCustomers(trx, [...identities.values(), ...bystanders, ...alsoLock]),
    findIdentities(trx, devices),
    findDeliveries(trx, sendIdsOf(events)),
  ]);
  assertLocked(customers, [...owners.values(), ...ownersOf(deliveries)]);
  assertStayed(identities, customers);
  assertSame(devices, identities, owners);
  return { identities, customers, deliveries };
}

function ownersOf(deliveries: ReadonlyMap<string, DeliveryOwner>): string[] {
  return [...deliveries.values()].map((delivery) => delivery.customer);
}

/** @throws TryAgain with those of the customers that are not locked. */
export function assertLocked(locked: { has(customer: string): boolean }, customers: Iterable<string>): void {
  const missing = [...customers].filter((customer) => !locked.has(customer));
  if (missing.length > 0) throw new TryAgain(missing);
}

/**
 * The shop's id of a customer leads to somebody else only when they are merged or erased, and then they are no longer
 * active. A name that was made for somebody who was merged meanwhile must not be kept: it would miss the next merge.
 */
function assertStayed(identities: IdentityMap, customers: ReadonlyMap<string, CustomerRecord>): void {
  for (const customer of identities.values())
    if (customers.get(customer)?.state !== 'active') throw new TryAgain();
}

/** A device may be handed over to somebody else while both stay who they are. */
function assertSame(names: readonly Identity[], before: IdentityMap, behind: IdentityMap): void {
  if (names.map(identityKey).some((name) => before.get(name) !== behind.get(name))) throw new TryAgain();
}

/** Makes customers for names that nobody has, and tells which: customer ids first, since a device may belong to one. */
async function createMissing(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { names, before, now }: { names: readonly Identity[]; before: IdentityMap; now: Instant },
): Promise<IdentityMap> {
  const missing = names.filter((name) => !before.has(identityKey(name)));
  const external = await createIdentities(
    trx,
    missing.filter((name) => name.kind === 'external'),
    now,
  );
  const known = new Map([...before, ...external]);
  const anonymous = await createIdentities(trx, anonymousNames(missing, events, known), now);
  return new Map([...external, ...anonymous]);
}

/** A device that we see for the first time together with a customer id is that customer's. */
function anonymousNames(
  missing: readonly Identity[],
  events: readonly IncomingEvent[],
  known: IdentityMap,
): WantedIdentity[] {
  const owners = new Map<string, string>();
  for (const { event } of events) {
    const anonymousId = anonymousIdOf(event);
    const externalId = externalIdOf(event);
    if (anonymousId === undefined || externalId === undefined) continue;
    const owner = known.get(identityKey({ kind: 'external', value: externalId }));
    if (owner !== undefined) owners.set(anonymousId, owner);
  }
  return missing
    .filter((name) => name.kind === 'anonymous')
    .map((name) => {
      const customer = owners.get(name.value);
      return customer === undefined ? name : { ...name, customer };
    });
}

function anonymousIdOf(event: IncomingEvent['event']): string | undefined {
  return event.type === 'customer.identified' ? event.data.anonymousId : event.anonymousId;
}

/** Every name that the events use for somebody. */
export function namesOf(events: readonly IncomingEvent[]): Identity[] {
  const names = new Map<string, Identity>();
  const add = (kind: Identity['kind'], value: string | undefined): void => {
    if (value !== undefined) names.set(identityKey({ kind, value }), { kind, value });
  };
  for (const { event } of events) {
    add('external', externalIdOf(event));
    add('anonymous', anonymousIdOf(event));
    if (event.type === 'customer.merged') add('external', event.data.from);
  }
  return [...names.values()];
}

function devicesOf(events: readonly IncomingEvent[]): Identity[] {
  const values = new Set(events.flatMap(({ event }) => anonymousIdOf(event) ?? []));
  return [...values].map((value) => ({ kind: 'anonymous', value }));
}

function sendIdsOf(events: readonly IncomingEvent[]): string[] {
  return events.flatMap(({ event }) => ('sendId' in event.data ? [event.data.sendId] : []));
}

/** A price that drops is nobody's event, and may still end or wake the journeys that are about that variant. */
function keysOfShopEvents(events: readonly IncomingEvent[], journeys: JourneyBook): JourneyKey[] {
  return events.flatMap(({ event, at }) => {
    if (event.customerId !== undefined || event.anonymousId !== undefined || !isProductEvent(event))
      return [];
    const fact = { variant: event.data.variant, at };
    return journeys.all
      .filter((journey) => journey.ends.has(event.type) || journey.wakes.has(event.type))
      .flatMap((journey) => {
        const key =
          journey.match(event.type)?.(fact) ?? (journey.kind === 'product' ? journey.keyOf(fact) : undefined);
        return key === undefined ? [] : [{ journey: journey.name, key }];
      });
  });
}
