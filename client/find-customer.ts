import { sql } from 'kysely';
import type { Queryable } from '../store/database.ts';

/**
 * Our id of the customer whom `reference` names: the shop's customer id, an anonymous id, our own id, an e-mail address
 * or a telephone number. Follows merges; `undefined` when nobody is known by it.
 */
export async function findCustomer(db: Queryable, reference: string): Promise<string | undefined> {
  const { rows } = await sql<{ customer_id: string }>`
    with named as (
      select customer_id, 1 as rank from customer_identities where value = ${reference}
      union all
      select id, 2 from customers where id::text = ${reference.toLowerCase()}
      union all
      select customer_id, 3 from contact_points where address_key = ${reference.toLowerCase()}
    )
    select coalesce(customers.merged_into, customers.id) as customer_id
    from named
    join customers on customers.id = named.customer_id
    order by named.rank
    limit 1
  `.execute(db);
  return rows[0]?.customer_id;
}
