import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { moneyOrNull, type Money } from '../domain/money.ts';
import type { DatabaseTransaction } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';
import type { CartItem } from './schema.ts';

/** A cart from its first item to its order, its emptying or 30 idle days: shops use cart ids again. */
export interface CartCycle {
  readonly id: string;
  readonly customer: string;
  /** The shop's id. */
  readonly cartId: string;
  readonly cycle: number;
  readonly state: 'open' | 'ordered' | 'emptied' | 'expired';
  readonly items: readonly CartItem[];
  readonly total: Money | null;
  readonly url: string | null;
  readonly openedAt: Instant;
  readonly lastActivityAt: Instant;
  readonly checkoutAt: Instant | null;
  /** Set while a newer cart of the customer speaks. */
  readonly supersededAt: Instant | null;
  readonly closedAt: Instant | null;
}

interface CartRow {
  id: string;
  customer_id: string;
  cart_id: string;
  cycle: number;
  state: CartCycle['state'];
  items: readonly CartItem[];
  total_amount: number | null;
  total_currency: string | null;
  url: string | null;
  opened_at: Instant;
  last_activity_at: Instant;
  checkout_at: Instant | null;
  superseded_at: Instant | null;
  closed_at: Instant | null;
}

/** The last two cycles of the carts named (a late event may belong to the one before) and all open carts of the customers. */
export async function loadCarts(
  trx: DatabaseTransaction,
  { cartIds, customers }: { cartIds: readonly string[]; customers: readonly string[] },
): Promise<CartCycle[]> {
  if (cartIds.length === 0 && customers.length === 0) return [];
  const { rows } = await sql<CartRow>`
    with recent as materialized (
      select recent.* from unnest(${cartIds}::text[]) as wanted(cart_id)
      cross join lateral (
        select * from carts where carts.cart_id = wanted.cart_id order by cycle desc limit 2
      ) recent
    )
    select * from recent
    union all
    select open.* from unnest(${customers}::uuid[]) as owner(id)
    cross join lateral (
      select * from carts where carts.customer_id = owner.id and state = 'open' offset 0
    ) open
    where open.id not in (select id from recent)
  `.execute(trx);
  return rows.map(cartOf);
}

function cartOf(row: CartRow): CartCycle {
  return {
    id: row.id,
    customer: row.customer_id,
    cartId: row.cart_id,
    cycle: row.cycle,
    state: row.state,
    items: row.items,
    total: moneyOrNull(row.total_amount, row.total_currency),
    url: row.url,
    openedAt: row.opened_at,
    lastActivityAt: row.last_activity_at,
    checkoutAt: row.checkout_at,
    supersededAt: row.superseded_at,
    closedAt: row.closed_at,
  };
}

const columns =
  'id uuid, customer_id uuid, cart_id text, cycle integer, state text, items jsonb, total_amount bigint, ' +
  'total_currency text, url text, opened_at timestamptz, last_activity_at timestamptz, checkout_at timestamptz, ' +
  'superseded_at timestamptz, closed_at timestamptz';

/**
 * Adds cycles. Two transactions that open the same cycle of a cart for two customers cannot both succeed: the second gets a
 * unique violation, and intake runs it again on top of the first.
 */
export async function insertCarts(trx: DatabaseTransaction, carts: readonly CartCycle[]): Promise<void> {
  if (carts.length === 0) return;
  await sql`
    insert into carts (id, customer_id, cart_id, cycle, state, items, total_amount, total_currency, url, opened_at,
      last_activity_at, checkout_at, superseded_at, closed_at)
    select * from ${recordSet([...carts].sort(byCartId).map(rowOf), columns)}
  `.execute(trx);
}

/** Writes what has changed of cycles whose customers are locked. */
export async function updateCarts(trx: DatabaseTransaction, carts: readonly CartCycle[]): Promise<void> {
  if (carts.length === 0) return;
  await sql`
    update carts set
      customer_id = r.customer_id, state = r.state, items = r.items, total_amount = r.total_amount,
      total_currency = r.total_currency, url = r.url, opened_at = r.opened_at, last_activity_at = r.last_activity_at,
      checkout_at = r.checkout_at, superseded_at = r.superseded_at, closed_at = r.closed_at
    from ${recordSet(carts.map(rowOf), columns)}
    where carts.id = r.id and carts.id = any(${carts.map((cart) => cart.id)}::uuid[])
  `.execute(trx);
}

function byCartId(a: CartCycle, b: CartCycle): number {
  return a.cartId < b.cartId ? -1 : a.cartId > b.cartId ? 1 : a.cycle - b.cycle;
}

function rowOf(cart: CartCycle) {
  return {
    id: cart.id,
    customer_id: cart.customer,
    cart_id: cart.cartId,
    cycle: cart.cycle,
    state: cart.state,
    items: cart.items,
    total_amount: cart.total?.amount ?? null,
    total_currency: cart.total?.currency ?? null,
    url: cart.url,
    opened_at: isoOrNull(cart.openedAt),
    last_activity_at: isoOrNull(cart.lastActivityAt),
    checkout_at: isoOrNull(cart.checkoutAt),
    superseded_at: isoOrNull(cart.supersededAt),
    closed_at: isoOrNull(cart.closedAt),
  };
}
