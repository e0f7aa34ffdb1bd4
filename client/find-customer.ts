import { sql } from 'kysely';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Queryable } from '../store/database.ts';

/**
 * Our id of the customer whom `reference` names: the shop's customer id, an anonymous id, our own id, an e-mail address
 * or a telephone number, in this order. Follows merges; `undefined` when nobody is known by it.
 *
 * @throws PerennialError `customer-ambiguous` for an address that several people share: households have one telephone.
 */
export async function findCustomer(db: Queryable, reference: string): Promise<string | undefined> {
  const { rows } = await sql<{ id: string; name: string; rank: number }>`
    with named as (
      select customer_id, case kind when 'external' then 1 else 2 end as rank
      from customer_identities where value = ${reference}
      union all
      select id, 3 from customers where id::text = ${reference.toLowerCase()}
      union all
      select customer_id, 4 from contact_points where address_key = ${reference.toLowerCase()}
    )
    select distinct stays.id, coalesce(stays.external_id, stays.id::text) as name, named.rank
    from named
    join customers known on known.id = named.customer_id
    join customers stays on stays.id = coalesce(known.merged_into, known.id)
    order by named.rank, name
  `.execute(db);
  const [best] = rows;
  const equallyGood = rows.filter(({ rank }) => rank === best?.rank);
  if (equallyGood.length <= 1) return best?.id;
  const names = equallyGood.map(({ name }) => name).join(', ');
  throw new PerennialError(
    'customer-ambiguous',
    `"${reference}" belongs to ${equallyGood.length} customers: ${names}. Ask for one of them by that id.`,
  );
}
