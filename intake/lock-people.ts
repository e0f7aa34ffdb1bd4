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
import { findDeliveries, type DeliveryOwner } from '../store/find-deliveries.ts';
import { externalIdOf } from './facts/apply-event.ts';
import type { JourneyBook } from './journey-book.ts';
import type { IncomingEvent } from './parse-event.ts';
import { TryAgain } from './retry-transaction.ts';

/** Everybody whom the events concern, locked. */
export interface People {
  readonly identities: IdentityMap;
  readonly customers: Map<string, CustomerRecord>;
  readonly deliveries: Map<string, DeliveryOwner>;
}

interface Surroundings {
  readonly journeys: JourneyBook;
  readonly now: Instant;
  readonly alsoLock: ReadonlySet<string>;
}

/**
 * Finds or makes the customers of the events and locks them all in one go, in the order of their ids. Who is who is read
 * again afterwards: somebody may have been merged while we waited, and then the transaction is run again.
 */
export async function lockPeople(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  { journeys, now, alsoLock }: Surroundings,
): Promise<People> {
  const names = namesOf(events);
  const sendIds = sendIdsOf(events);
  const identities = await ensureIdentities(trx, events, names, now);
  const deliveries = await findDeliveries(trx, sendIds);
  const enrolled = await findCustomersOfKeys(trx, keysOfShopEvents(events, journeys));
  const customers = await lockCustomers(trx, [
    ...identities.values(),
    ...[...deliveries.values()].map((delivery) => delivery.customer),
    ...enrolled,
    ...alsoLock,
  ]);
  const people = {
    customers,
    identities: await findIdentities(trx, names),
    deliveries: sendIds.length === 0 ? deliveries : await findDeliveries(trx, sendIds),
  };
  assertLocked(customers, [
    ...people.identities.values(),
    ...[...people.deliveries.values()].map((delivery) => delivery.customer),
  ]);
  return people;
}

/** @throws TryAgain with those of the customers that are not locked. */
export function assertLocked(locked: { has(customer: string): boolean }, customers: Iterable<string>): void {
  const missing = [...customers].filter((customer) => !locked.has(customer));
  if (missing.length > 0) throw new TryAgain(missing);
}

async function ensureIdentities(
  trx: DatabaseTransaction,
  events: readonly IncomingEvent[],
  names: readonly Identity[],
  now: Instant,
): Promise<IdentityMap> {
  const found = await findIdentities(trx, names);
  const missing = names.filter((name) => !found.has(identityKey(name)));
  if (missing.length === 0) return found;
  await createIdentities(
    trx,
    missing.filter((name) => name.kind === 'external'),
    now,
  );
  const external = await findIdentities(
    trx,
    names.filter((name) => name.kind === 'external'),
  );
  await createIdentities(trx, anonymousNames(missing, events, external), now);
  return findIdentities(trx, names);
}

/** A device that we see for the first time together with a customer id is that customer's. */
function anonymousNames(
  missing: readonly Identity[],
  events: readonly IncomingEvent[],
  external: IdentityMap,
): WantedIdentity[] {
  const owners = new Map<string, string>();
  for (const { event } of events) {
    const anonymousId = anonymousIdOf(event);
    const externalId = externalIdOf(event);
    if (anonymousId === undefined || externalId === undefined) continue;
    const owner = external.get(identityKey({ kind: 'external', value: externalId }));
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

function namesOf(events: readonly IncomingEvent[]): Identity[] {
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

function sendIdsOf(events: readonly IncomingEvent[]): string[] {
  return events.flatMap(({ event }) => ('sendId' in event.data ? [event.data.sendId] : []));
}

/** A price that drops is nobody's event, and may still end or wake the journeys that are about that variant. */
function keysOfShopEvents(events: readonly IncomingEvent[], journeys: JourneyBook): JourneyKey[] {
  return events.flatMap(({ event, at }) => {
    if (event.customerId !== undefined || event.anonymousId !== undefined || !('variant' in event.data))
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
