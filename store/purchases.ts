import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { hasGoodsLeft, netOf } from './conversions.ts';
import { timestamp, type Queryable } from './database.ts';
import { firstId } from './segments.ts';

/** An order that was paid and of which something is left. */
export interface PurchaseRow {
  readonly customer: string;
  /** When it was placed; when it was paid for an order that we know only by its payment. */
  readonly at: Instant;
  /** In minor units, net of refunds; null when its total is not known. */
  readonly amount: number | null;
  readonly currency: string | null;
}

const customersPerPage = 5000;

/**
 * The paid orders of every customer before `until`, all of one customer together, oldest first, customers in pages: a
 * million orders in bounded memory. Orders of guests are nobody's, test customers are left out.
 */
export async function* readPurchases(
  db: Queryable,
  { until }: { readonly until: Instant },
): AsyncGenerator<readonly PurchaseRow[]> {
  for (let after = firstId; ;) {
    const customers = await pageOfCustomers(db, after);
    const last = customers.at(-1);
    if (last === undefined) return;
    yield await purchasesOf(db, customers, until);
    after = last;
  }
}

async function pageOfCustomers(db: Queryable, after: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from customers c
    where c.id > ${after}::uuid and not c.is_test and exists (select from orders o where o.customer_id = c.id)
    order by c.id
    limit ${customersPerPage}
  `.execute(db);
  return rows.map(({ id }) => id);
}

async function purchasesOf(
  db: Queryable,
  customers: readonly string[],
  until: Instant,
): Promise<PurchaseRow[]> {
  const { rows } = await sql<PurchaseRow>`
    select o.customer_id as customer, coalesce(o.placed_at, o.paid_at) as at, ${netOf('o')} as amount,
      o.total_currency as currency
    from orders o
    where o.customer_id = any(${customers}::uuid[]) and o.paid_at is not null
      and o.state not in ('cancelled', 'refunded') and ${hasGoodsLeft('o')}
      and coalesce(o.placed_at, o.paid_at) < ${timestamp(until)}::timestamptz
    order by 1, 2, o.id
  `.execute(db);
  return rows;
}
