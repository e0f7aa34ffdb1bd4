import { sql } from 'kysely';
import type { Queryable } from '../../store/database.ts';
import type { RowToWrite } from './verdict-row.ts';

/**
 * Writes rulings and tells the send keys that it wrote.
 *
 * A row that waits is replaced; any other stays as it is, for good: this one clause, on the one unique index, is what
 * makes a send key send once, whoever asks and however often.
 */
export async function writeRows(db: Queryable, rows: readonly RowToWrite[]): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  // One order for everybody, so that two lists that overlap cannot wait for each other in a circle.
  const inOrder = [...rows].sort((one, other) => (one.send_key < other.send_key ? -1 : 1));
  const written = await sql<{ send_key: string }>`
    insert into deliveries (
      id, send_key, enrolment_id, recipient_id, customer_id, journey, version, campaign, step, message, purpose,
      class, state, reason, channel, connection, address_key, allowance, locale, segments, cost_micros, cost_currency,
      due_at, useful_until, deferred_until, decided_at, sending_at, settled_at, is_test, trace, deferrals
    )
    select
      id, send_key, enrolment_id, recipient_id, customer_id, journey, version, campaign, step, message, purpose,
      class, state, reason, channel, connection, address_key, allowance, locale, segments, cost_micros, cost_currency,
      due_at, useful_until, deferred_until, decided_at, sending_at, settled_at, is_test, trace, deferrals
    from jsonb_to_recordset(${JSON.stringify(inOrder)}::jsonb) as ruling (
      id uuid, send_key text, enrolment_id uuid, recipient_id uuid, customer_id uuid, journey text, version integer,
      campaign text, step text, message text, purpose text, class text, state text, reason text, channel text, connection text,
      address_key text, allowance text, locale text, segments integer, cost_micros bigint, cost_currency text,
      due_at timestamptz, useful_until timestamptz, deferred_until timestamptz, decided_at timestamptz, sending_at timestamptz,
      settled_at timestamptz, is_test boolean, trace jsonb, deferrals jsonb
    )
    on conflict (send_key) do update set
      customer_id = excluded.customer_id,
      state = excluded.state,
      reason = excluded.reason,
      channel = excluded.channel,
      connection = excluded.connection,
      address_key = excluded.address_key,
      allowance = excluded.allowance,
      locale = excluded.locale,
      segments = excluded.segments,
      cost_micros = excluded.cost_micros,
      cost_currency = excluded.cost_currency,
      deferred_until = excluded.deferred_until,
      decided_at = excluded.decided_at,
      sending_at = excluded.sending_at,
      settled_at = excluded.settled_at,
      is_test = excluded.is_test,
      trace = excluded.trace,
      deferrals = excluded.deferrals
    where deliveries.state = 'deferred'
    returning send_key
  `.execute(db);
  return new Set(written.rows.map((row) => row.send_key));
}
