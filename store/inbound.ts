import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Database, type DatabaseTransaction, type Queryable } from './database.ts';

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

/**
 * Keeps that somebody wrote, unless they were erased in between. WhatsApp lets a shop answer in its own words for 24 hours
 * from the latest of these.
 */
export async function keepInbound(db: Database, record: InboundRecord): Promise<void> {
  await db.transaction().execute(async (trx) => {
    // Waits for an erasure or a merge that is under way; the statement after it sees what came of it.
    await sql`select from customers where id = ${record.customer}::uuid for share`.execute(trx);
    await insertInbound(trx, record);
  });
}

/** Of a customer who was merged, it is the survivor's. */
async function insertInbound(
  trx: DatabaseTransaction,
  { id, customer, channel, addressKey, at, delivery }: InboundRecord,
): Promise<void> {
  await sql`
    insert into inbound (id, customer_id, channel, address_key, at, delivery_id)
    select ${id}, survivor.id, ${channel}, ${addressKey}, ${timestamp(at)}::timestamptz, ${delivery}::uuid
    from customers survivor
    where survivor.state = 'active'
      and survivor.id = (select coalesce(c.merged_into, c.id) from customers c where c.id = ${customer}::uuid)
    for share of survivor
    on conflict (id) do nothing
  `.execute(trx);
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
