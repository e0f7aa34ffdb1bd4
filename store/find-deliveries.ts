import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Queryable } from './database.ts';

/** Whose message a send id means. */
export interface DeliveryOwner {
  readonly id: string;
  readonly customer: string;
  /** What it was sent for; of a campaign the recipient, whose id no enrolment has. */
  readonly enrolment: string;
  readonly channel: ChannelName | null;
  readonly addressKey: string | null;
}

/** By send id; ids that we have not given out are left out. */
export async function findDeliveries(
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, DeliveryOwner>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<DeliveryOwner>`
    select id, customer_id as customer, coalesce(enrolment_id, recipient_id) as enrolment, channel, address_key as "addressKey"
    from deliveries
    where id = any(${ids}::uuid[])
  `.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}
