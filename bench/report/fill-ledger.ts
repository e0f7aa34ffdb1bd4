import { sql } from 'kysely';
import { timestamp, type Database } from '../../store/database.ts';

/** When the history of the bench ends; it began 200 days before. */
export const lastDay = Date.parse('2026-11-01T00:00:00Z');

const days = 200;

/**
 * A shop with a long history, written straight into the tables: every customer has had some ten messages, most of journeys,
 * each with a trace as long as life writes it.
 */
export async function fillLedger(
  db: Database,
  { deliveries, say }: { readonly deliveries: number; readonly say: (line: string) => void },
): Promise<void> {
  const customers = Math.round(deliveries / 10);
  const begun = timestamp(lastDay - days * 86_400_000);
  const id = (kind: string, number: string) => sql.raw(`md5('${kind}' || (${number}))::uuid`);
  const moment = sql`(${begun}::timestamptz + (n * ${days} * 86400.0 / ${deliveries}) * interval '1 second')`;
  say(`writing ${deliveries} messages to ${customers} customers`);
  await sql`
    insert into customers (id, is_test, created_at)
    select ${id('customer', 'n')}, n % 1000 = 0, ${begun}::timestamptz from generate_series(0, ${customers} - 1) n
  `.execute(db);
  await sql`
    insert into enrolments (id, journey, version, key, entry, customer_id, state, opened_at, due_at, fact, exit_reason)
    select ${id('enrolment', 'n')}, 'journey-' || n % 4, 1, n::text, 1, ${id('customer', `n % ${customers}`)},
      case when n % 20 = 0 then 'open' else 'closed' end, ${moment}, ${moment}, '{}',
      case when n % 20 <> 0 then 'done' end
    from generate_series(0, ${deliveries} - 1) n where n % 10 < 7
  `.execute(db);
  await sql`
    insert into campaign_occurrences (id, campaign, scheduled_at, state, created_at)
    select ${id('occurrence', 'n')}, 'campaign-' || n, ${timestamp(lastDay)}::timestamptz - n * interval '40 days', 'done',
      ${begun}::timestamptz
    from generate_series(0, 1) n
  `.execute(db);
  await sql`
    insert into campaign_recipients (id, occurrence_id, customer_id, due_at, holdout)
    select ${id('recipient', 'n')}, ${id('occurrence', 'n % 2')}, ${id('customer', 'n')}, ${moment}, n % 20 = 0
    from generate_series(0, ${deliveries} - 1) n where n % 10 >= 7
  `.execute(db);
  await sql`
    insert into deliveries (id, send_key, enrolment_id, recipient_id, customer_id, journey, version, campaign, step, message,
      purpose, class, state, reason, channel, due_at, useful_until, decided_at, sending_at, trace, arrival, clicked_at)
    select ${id('delivery', 'n')}, n::text,
      case when n % 10 < 7 then ${id('enrolment', 'n')} end, case when n % 10 >= 7 then ${id('recipient', 'n')} end,
      ${id('customer', `n % ${customers}`)},
      case when n % 10 < 7 then 'journey-' || n % 4 end, case when n % 10 < 7 then 1 end,
      case when n % 10 >= 7 then 'campaign-' || n % 2 end, 'message-' || n % 3 || '#1', 'message', 'marketing', 'once',
      case when n % 50 = 7 then 'deferred' when n % 5 = 0 then 'skipped' else 'accepted' end,
      case when n % 50 = 7 then 'quiet-hours' when n % 5 = 0 then 'frequency-cap' end, 'email',
      ${moment}, ${moment} + interval '2 days', ${moment},
      case when n % 50 <> 7 and n % 5 <> 0 then ${moment} end, ${trace}::jsonb,
      case when n % 50 <> 7 and n % 5 <> 0 then 'delivered' end,
      case when n % 33 = 1 and n % 50 <> 7 and n % 5 <> 0 then ${moment} + interval '1 hour' end
    from generate_series(0, ${deliveries} - 1) n
  `.execute(db);
  await sql`
    insert into orders (id, order_id, customer_id, state, total_amount, total_currency, placed_at, paid_at)
    select ${id('order', 'n')}, n::text, ${id('customer', `n % ${customers}`)}, 'paid', 1000 + n % 5000,
      case when n % 3 = 0 then 'KRW' else 'GBP' end, ${moment}, ${moment} + interval '90 minutes'
    from generate_series(0, ${deliveries} - 1) n where n % 25 = 1 or n % 33 = 1
  `.execute(db);
  await sql`
    insert into order_lines (order_id, line, variant, quantity, refunded_quantity, price_amount, price_currency)
    select id, line, 'tea', 2, 0, 500, total_currency from orders, generate_series(1, 3) line
  `.execute(db);
  await sql`vacuum analyze`.execute(db);
}

/** As long as that of a message that passed every gate. */
const trace = JSON.stringify(
  Array.from({ length: 12 }, (_, gate) => ({
    gate: `gate-${gate}`,
    channel: 'email',
    verdict: 'pass',
    saw: { zone: 'Europe/London', local: '10:00', until: '2026-11-01T00:00:00Z' },
  })),
);
