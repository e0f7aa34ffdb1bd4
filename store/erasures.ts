import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { identityKey, type Identity } from './customer-identities.ts';
import { timestamp, type DatabaseTransaction, type Queryable } from './database.ts';

const hashOf = (name: string) =>
  sql.raw(`(select sha256(convert_to(salt::text || ${name}, 'UTF8')) from erasure_salt)`);

/** Remembers the customer's names as those of somebody erased. To be called while they still have them. */
export async function keepErasure(trx: DatabaseTransaction, customer: string, at: Instant): Promise<void> {
  await sql`
    insert into erasure_salt (salt) values (gen_random_uuid()) on conflict do nothing
  `.execute(trx);
  await sql`
    insert into erasures (name_hash, erased_at)
    select ${hashOf("kind || ':' || value")}, ${timestamp(at)}::timestamptz
    from customer_identities where customer_id = ${customer}::uuid
    on conflict (name_hash) do update set erased_at = greatest(erasures.erased_at, excluded.erased_at)
  `.execute(trx);
}

/** As of when the people of these names were last erased, by name; most never were. */
export async function findErasures(
  db: Queryable,
  names: readonly Identity[],
): Promise<ReadonlyMap<string, Instant>> {
  if (names.length === 0) return new Map();
  const { rows } = await sql<{ name: string; at: Instant }>`
    select n.name, e.erased_at as at
    from unnest(${names.map(identityKey)}::text[]) as n(name)
    join erasures e on e.name_hash = ${hashOf('n.name')}
  `.execute(db);
  return new Map(rows.map(({ name, at }) => [name, at]));
}
