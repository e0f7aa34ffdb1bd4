import { sql } from 'kysely';
import type { ChannelName } from '../../domain/channel-name.ts';
import type { Queryable } from '../../store/database.ts';
import type { RowToWrite } from './verdict-row.ts';

/** A request to a provider that is about to be made, as it is written; instants are ISO texts. */
export interface AttemptToWrite {
  readonly delivery_id: string;
  readonly attempt: number;
  readonly channel: ChannelName;
  readonly connection: string;
  readonly state: 'sending';
  readonly started_at: string;
  readonly lease_until: string;
  /** Tells whether two messages say the same, without keeping what they say. */
  readonly fingerprint: string;
}

/**
 * Writes rulings, with the attempts of those that it could write, and tells the send keys that it wrote.
 *
 * A row that waits is replaced; any other stays as it is, for good: this one clause, on the one unique index, is what
 * makes a send key send once, whoever asks and however often.
 */
export async function writeRows(
  db: Queryable,
  rows: readonly RowToWrite[],
  attempts: readonly AttemptToWrite[] = [],
): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  // One order for everybody, so that two lists that overlap cannot wait for each other in a circle.
  const inOrder = [...rows].sort((one, other) => (one.send_key < other.send_key ? -1 : 1));
  const { rows: keys } = await sql<{ send_key: string }>`
    with written as (
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
      where deliveries.state = 'deferred' and deliveries.id = excluded.id
      returning id, send_key
    ),
    opened as (
      insert into delivery_attempts (
        delivery_id, attempt, channel, connection, state, started_at, lease_until, fingerprint
      )
      select delivery_id, attempt, channel, connection, state, started_at, lease_until, fingerprint
      from jsonb_to_recordset(${JSON.stringify(attempts)}::jsonb) as attempt (
        delivery_id uuid, attempt integer, channel text, connection text, state text, started_at timestamptz,
        lease_until timestamptz, fingerprint text
      )
      where delivery_id in (select id from written)
    )
    select send_key from written
  `.execute(db);
  return new Set(keys.map((row) => row.send_key));
}
