import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction, Queryable } from './database.ts';
import { newId } from './new-id.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** A name under which the shop knows a customer. */
export interface Identity {
  readonly kind: 'external' | 'anonymous';
  readonly value: string;
}

/** Who is known by which name. */
export type IdentityMap = Map<string, string>;

export function identityKey({ kind, value }: Identity): string {
  return `${kind}:${value}`;
}

/**
 * Our customer ids by name; names that nobody has are left out. Merged customers are followed: a name that was given to one
 * while another transaction merged them leads to the customer who stays.
 */
export async function findIdentities(db: Queryable, identities: readonly Identity[]): Promise<IdentityMap> {
  if (identities.length === 0) return new Map();
  const { rows } = await sql<Identity & { customer_id: string }>`
    select i.kind, i.value,
      coalesce((select c.merged_into from customers c where c.id = i.customer_id), i.customer_id) as customer_id
    from customer_identities i
    where (kind = 'external' and value = any(${valuesOf(identities, 'external')}::text[]))
      or (kind = 'anonymous' and value = any(${valuesOf(identities, 'anonymous')}::text[]))
  `.execute(db);
  return new Map(rows.map((row) => [identityKey(row), row.customer_id]));
}

function valuesOf(identities: readonly Identity[], kind: Identity['kind']): string[] {
  return identities.filter((identity) => identity.kind === kind).map((identity) => identity.value);
}

/** A name that has to exist; without `customer` a new customer is made for it. */
export interface WantedIdentity extends Identity {
  readonly customer?: string;
}

/**
 * Gives each name a customer and tells which; where somebody else was quicker, theirs.
 * Sorted, so that two transactions with the same names wait for each other instead of locking each other out.
 */
export async function createIdentities(
  trx: DatabaseTransaction,
  wanted: readonly WantedIdentity[],
  now: Instant,
): Promise<IdentityMap> {
  if (wanted.length === 0) return new Map();
  const rows = [...wanted].sort(byName).map(({ kind, value, customer }) => ({
    kind,
    value,
    customer_id: customer ?? newId(),
    is_new: customer === undefined,
  }));
  const { numAffectedRows } = await sql`
    with wanted as (
      select * from ${recordSet(rows, 'kind text, value text, customer_id uuid, is_new boolean')}
    ), named as (
      insert into customer_identities (kind, value, customer_id)
      select kind, value, customer_id from wanted
      order by kind, value
      on conflict do nothing
      returning kind, value
    )
    insert into customers (id, external_id, created_at)
    select wanted.customer_id, case when wanted.kind = 'external' then wanted.value end, ${isoOrNull(now)}::timestamptz
    from wanted join named using (kind, value)
    where wanted.is_new
  `.execute(trx);
  const isAlone = Number(numAffectedRows ?? 0n) === rows.filter((row) => row.is_new).length;
  if (!isAlone || rows.some((row) => !row.is_new)) return findIdentities(trx, wanted);
  return new Map(rows.map((row) => [identityKey(row), row.customer_id]));
}

function byName(a: Identity, b: Identity): number {
  const [one, other] = [identityKey(a), identityKey(b)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** The anonymous name now belongs to somebody else: another person uses the device. */
export async function pointIdentity(
  trx: DatabaseTransaction,
  identity: Identity,
  customer: string,
): Promise<void> {
  await sql`
    update customer_identities set customer_id = ${customer}::uuid
    where kind = ${identity.kind} and value = ${identity.value}
  `.execute(trx);
}
