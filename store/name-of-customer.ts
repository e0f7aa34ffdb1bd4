import { sql } from 'kysely';
import type { Queryable } from './database.ts';

/** By which name of the shop's an event can speak of a customer. */
export interface NamedCustomer {
  readonly id: string;
  readonly locale: string | null;
  readonly kind: 'external' | 'anonymous';
  readonly value: string;
}

/** As events name them. */
export function nameInEvent({
  kind,
  value,
}: NamedCustomer): { readonly customerId: string } | { readonly anonymousId: string } {
  return kind === 'external' ? { customerId: value } : { anonymousId: value };
}

/** Whoever the customer is by now, merged or not, with the shop's name for them; nothing for one who was erased. */
export async function findNameOfCustomer(
  db: Queryable,
  customer: string,
): Promise<NamedCustomer | undefined> {
  const { rows } = await sql<NamedCustomer>`
    select p.id, p.locale, i.kind, i.value
    from customers c
    join customers p on p.id = coalesce(c.merged_into, c.id)
    join customer_identities i on i.customer_id = p.id
    where c.id = ${customer}::uuid
    order by i.kind desc, i.value
    limit 1
  `.execute(db);
  return rows[0];
}
