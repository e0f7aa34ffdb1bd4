import { sql } from 'kysely';
import type { ChannelName } from '../../domain/channel-name.ts';
import type { Instant } from '../../domain/instant.ts';
import { timestamp, type Queryable } from '../../store/database.ts';

/** A message that went out, as far as receipts need to know it. */
export interface SentMessage {
  readonly id: string;
  readonly customer: string;
  readonly channel: ChannelName | null;
  readonly addressKey: string | null;
  /** Those that may have it: a receipt from anywhere else is not about it. */
  readonly connections: readonly string[];
}

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** By send id; what is no id of ours is left out. One statement for any number. */
export async function findSentMessages(
  db: Queryable,
  sendIds: readonly string[],
): Promise<ReadonlyMap<string, SentMessage>> {
  const ids = [...new Set(sendIds)].filter((id) => uuid.test(id));
  if (ids.length === 0) return new Map();
  const { rows } = await sql<SentMessage>`
    select d.id, d.customer_id as customer, d.channel, d.address_key as "addressKey",
      coalesce(array_agg(a.connection) filter (where a.state in ('sending', 'ambiguous', 'accepted')), '{}')
        as connections
    from deliveries d
    left join delivery_attempts a on a.delivery_id = d.id
    where d.id = any(${ids}::uuid[])
    group by d.id
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

/** An answer may be dated by a clock that runs a little behind ours. */
const clockDifferenceMs = 5 * 60_000;

/**
 * What somebody who writes from an address answers: the message that the provider names, else the one that went there last
 * by that channel.
 */
export async function findAnswered(
  db: Queryable,
  {
    channel,
    addressKey,
    at,
    providerId,
  }: { channel: ChannelName; addressKey: string; at: Instant; providerId: string | undefined },
): Promise<{ readonly id: string; readonly customer: string } | undefined> {
  const { rows } = await sql<{ id: string; customer: string }>`
    select id, customer_id as customer
    from deliveries
    where address_key = ${addressKey} and channel = ${channel}
      and sending_at <= ${timestamp(at + clockDifferenceMs)}::timestamptz
    order by coalesce(provider_id = ${providerId ?? null}::text, false) desc, sending_at desc, id desc
    limit 1
  `.execute(db);
  return rows[0];
}

/** Everybody who has the address now. */
export async function findOwners(db: Queryable, addressKey: string): Promise<readonly string[]> {
  const { rows } = await sql<{ customer: string }>`
    select customer_id as customer from contact_points where address_key = ${addressKey} order by customer_id
  `.execute(db);
  return rows.map((row) => row.customer);
}
