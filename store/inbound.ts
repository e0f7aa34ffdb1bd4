import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Queryable } from './database.ts';

/** That somebody wrote to us; never what. */
export interface InboundRecord {
  /** Of the notice that brought it: the same message again is the same row. */
  readonly id: string;
  readonly customer: string;
  readonly channel: ChannelName;
  readonly addressKey: string;
  readonly at: Instant;
  /** The message that it seems to answer. */
  readonly delivery: string | null;
}

/** Keeps that somebody wrote. WhatsApp lets a shop answer in its own words for 24 hours from the latest of these. */
export async function keepInbound(db: Queryable, record: InboundRecord): Promise<void> {
  const { id, customer, channel, addressKey, at, delivery } = record;
  await sql`
    insert into inbound (id, customer_id, channel, address_key, at, delivery_id)
    values (${id}, ${customer}::uuid, ${channel}, ${addressKey}, ${timestamp(at)}::timestamptz, ${delivery}::uuid)
    on conflict (id) do nothing
  `.execute(db);
}

/** When each of the addresses last wrote to us by a channel; those that never did are left out. One statement for any number. */
export async function loadLastInbound(
  db: Queryable,
  channel: ChannelName,
  addressKeys: readonly string[],
): Promise<ReadonlyMap<string, Instant>> {
  if (addressKeys.length === 0) return new Map();
  const { rows } = await sql<{ addressKey: string; at: Instant }>`
    select address_key as "addressKey", max(at) as at
    from inbound
    where channel = ${channel} and address_key = any(${addressKeys}::text[])
    group by address_key
  `.execute(db);
  return new Map(rows.map((row) => [row.addressKey, row.at]));
}
