import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Queryable } from '../store/database.ts';

export interface UnknownDelivery {
  readonly delivery: string;
  readonly customer: string;
  /** What it was sent for: one of the two, by name. */
  readonly journey: string | null;
  readonly campaign: string | null;
  readonly step: string;
  readonly channel: ChannelName | null;
  readonly sendingAt: Instant;
}

/**
 * Every message that may or may not have arrived, newest first. None is silent: each is listed until evidence settles it.
 *
 * @param options.since only those whose request was made at or after this instant; without it, all
 */
export async function listUnknowns(
  db: Queryable,
  { since = 0 }: { readonly since?: Instant } = {},
): Promise<readonly UnknownDelivery[]> {
  const { rows } = await sql<UnknownDelivery>`
    select id as delivery, customer_id as customer, journey, campaign, step, channel, sending_at as "sendingAt"
    from deliveries
    where state = 'unknown' and sending_at >= ${timestamp(since)}::timestamptz
    order by sending_at desc, id
  `.execute(db);
  return rows;
}
