import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { DailyStart } from '../domain/journey.ts';
import { timestamp, type DatabaseTransaction } from '../store/database.ts';

export interface Found {
  readonly customer: string;
  readonly timeZone: string | null;
}

/** Customers one of whose dates falls on one of these days of the year (`MM-DD`). */
export async function findByDate(
  trx: DatabaseTransaction,
  { name, days }: { readonly name: string; readonly days: readonly string[] },
): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select c.id as customer, c.time_zone as "timeZone"
    from customer_dates d
    join customers c on c.id = d.customer_id
    where d.name = ${name}::text
      and to_char(d.on_date, 'MM-DD') = any(${days}::text[])
      and c.state = 'active'
    order by c.id`.execute(trx);
  return rows;
}

/** How many days late a question may still find somebody, after an outage. */
const lookBackDays = 7;

/**
 * Customers for whom the answer has become yes. Each is found once per lapse: who has been through the journey since
 * the order that began it is not found again.
 */
export async function findByDailyQuestion(
  trx: DatabaseTransaction,
  {
    journey,
    question,
    at,
  }: { readonly journey: string; readonly question: DailyStart; readonly at: Instant },
): Promise<Found[]> {
  const until = at - question.days * 86_400_000;
  const since = until - lookBackDays * 86_400_000;
  const { rows } = await sql<Found>`
    with last_orders as (
      select customer_id, max(placed_at) as placed_at
      from orders
      where placed_at is not null
      group by customer_id
    )
    select c.id as customer, c.time_zone as "timeZone"
    from last_orders o
    join customers c on c.id = o.customer_id
    where o.placed_at > ${timestamp(since)}::timestamptz
      and o.placed_at <= ${timestamp(until)}::timestamptz
      and c.state = 'active'
      and not exists (
        select from enrolments e
        where e.customer_id = c.id and e.journey = ${journey}::text and e.opened_at > o.placed_at
      )
    order by c.id`.execute(trx);
  return rows;
}
