import { sql } from 'kysely';
import type { AddressKind, ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction, Queryable } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** What we know of a person besides addresses, consents and dates. */
export interface CustomerRecord {
  readonly id: string;
  readonly externalId: string | null;
  readonly state: 'active' | 'merged' | 'erased';
  readonly isTest: boolean;
  readonly profile: CustomerProfile;
  /** By field, the instant of the event that set it: a late event does not undo a newer one. */
  readonly fieldInstants: Readonly<Record<string, Instant>>;
}

export interface CustomerProfile {
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly locale: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly time_zone: string | null;
  readonly kind: 'consumer' | 'business';
  readonly preferred_channel: ChannelName | null;
  readonly quiet_until: string | null;
}

interface CustomerRow extends CustomerProfile {
  readonly id: string;
  readonly external_id: string | null;
  readonly state: CustomerRecord['state'];
  readonly is_test: boolean;
  readonly field_instants: Record<string, Instant>;
}

/**
 * Locks the customers in the order of their ids and reads them. Intake, opt-out and the point of no return of a delivery
 * take this same lock, which is what makes "bought means quiet" hold.
 */
export async function lockCustomers(
  trx: DatabaseTransaction,
  ids: Iterable<string>,
): Promise<Map<string, CustomerRecord>> {
  const wanted = [...new Set(ids)].sort();
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<CustomerRow>`
    select id, external_id, state, is_test, given_name, family_name, locale, country, region, time_zone, kind,
      preferred_channel, quiet_until, field_instants
    from customers
    where id = any(${wanted}::uuid[])
    order by id
    for no key update
  `.execute(trx);
  return new Map(rows.map((row) => [row.id, customerOf(row)]));
}

/** Who the customers are by now: those who were merged are followed, the others are themselves. */
export async function followMerges(db: Queryable, ids: Iterable<string>): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)];
  const survivors = new Map(wanted.map((id) => [id, id]));
  if (wanted.length === 0) return survivors;
  const { rows } = await sql<{ id: string; merged_into: string }>`
    select id, merged_into from customers where id = any(${wanted}::uuid[]) and merged_into is not null
  `.execute(db);
  for (const { id, merged_into } of rows) survivors.set(id, merged_into);
  return survivors;
}

function customerOf({
  id,
  external_id,
  state,
  is_test,
  field_instants,
  ...profile
}: CustomerRow): CustomerRecord {
  return { id, externalId: external_id, state, isTest: is_test, profile, fieldInstants: field_instants };
}

/** Writes what has changed of customers that are locked. */
export async function writeCustomers(
  trx: DatabaseTransaction,
  customers: readonly CustomerRecord[],
): Promise<void> {
  if (customers.length === 0) return;
  const rows = customers.map(({ id, externalId, isTest, profile, fieldInstants }) => ({
    id,
    external_id: externalId,
    is_test: isTest,
    ...profile,
    field_instants: fieldInstants,
  }));
  await sql`
    update customers set
      external_id = r.external_id, is_test = r.is_test, given_name = r.given_name, family_name = r.family_name,
      locale = r.locale, country = r.country, region = r.region, time_zone = r.time_zone,
      time_zone_source = case when r.time_zone is not null then 'stated' end,
      kind = r.kind, preferred_channel = r.preferred_channel, quiet_until = r.quiet_until,
      field_instants = r.field_instants
    from ${recordSet(
      rows,
      'id uuid, external_id text, is_test boolean, given_name text, family_name text, locale text, country text, ' +
        'region text, time_zone text, kind text, preferred_channel text, quiet_until date, field_instants jsonb',
    )}
    where customers.id = r.id and customers.id = any(${customers.map((customer) => customer.id)}::uuid[])
  `.execute(trx);
}

export interface ContactPoint {
  readonly customer: string;
  readonly kind: AddressKind;
  readonly address: string;
  readonly at: Instant;
}

/** Lower case for e-mail; telephone numbers are in E.164 already. Suppressions and caps hold per key. */
export function addressKeyOf(address: string): string {
  return address.trim().toLowerCase();
}

/** Keeps the newest address of each kind. One that bounced stays invalid until another takes its place. */
export async function writeContactPoints(
  trx: DatabaseTransaction,
  points: readonly ContactPoint[],
): Promise<void> {
  const newest = new Map(points.map((point) => [`${point.customer} ${point.kind}`, point]));
  if (newest.size === 0) return;
  const rows = [...newest.values()].map(({ customer, kind, address, at }) => ({
    customer_id: customer,
    kind,
    address,
    address_key: addressKeyOf(address),
    occurred_at: isoOrNull(at),
  }));
  await sql`
    insert into contact_points (customer_id, kind, address, address_key, occurred_at)
    select customer_id, kind, address, address_key, occurred_at
    from ${recordSet(rows, 'customer_id uuid, kind text, address text, address_key text, occurred_at timestamptz')}
    on conflict (customer_id, kind) do update set
      address = excluded.address,
      address_key = excluded.address_key,
      occurred_at = excluded.occurred_at,
      state = case when contact_points.address_key = excluded.address_key then contact_points.state else 'valid' end
    where excluded.occurred_at >= contact_points.occurred_at
  `.execute(trx);
}

export interface CustomerDate {
  readonly customer: string;
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly at: Instant;
}

export async function writeCustomerDates(
  trx: DatabaseTransaction,
  dates: readonly CustomerDate[],
): Promise<void> {
  const newest = new Map(dates.map((date) => [`${date.customer} ${date.name}`, date]));
  if (newest.size === 0) return;
  const rows = [...newest.values()].map(({ customer, name, date, at }) => ({
    customer_id: customer,
    name,
    on_date: date,
    occurred_at: isoOrNull(at),
  }));
  await sql`
    insert into customer_dates (customer_id, name, on_date, occurred_at)
    select customer_id, name, on_date, occurred_at
    from ${recordSet(rows, 'customer_id uuid, name text, on_date date, occurred_at timestamptz')}
    on conflict (customer_id, name) do update set on_date = excluded.on_date, occurred_at = excluded.occurred_at
    where excluded.occurred_at >= customer_dates.occurred_at
  `.execute(trx);
}
