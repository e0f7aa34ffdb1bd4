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
  readonly connection: string | null;
  /** When the request was made. */
  readonly sendingAt: Instant;
  /** How the latest request without an answer ended, as far as this side saw. */
  readonly detail: string | null;
  /** How often its provider was asked about it since, and what came of that. */
  readonly lookUps: number;
  readonly lastLookUpAt: Instant | null;
  readonly lastLookUp: string | null;
  /** When its provider is asked next; null: only a receipt can settle it now. */
  readonly nextLookUpAt: Instant | null;
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
    select d.id as delivery, d.customer_id as customer, d.journey, d.campaign, d.step, d.channel, d.connection,
      coalesce(d.sending_at, d.decided_at) as "sendingAt", open.detail, coalesce(l.asked, 0) as "lookUps",
      l.last_asked_at as "lastLookUpAt", l.answer as "lastLookUp", l.next_at as "nextLookUpAt"
    from deliveries d
    left join look_ups l on l.delivery_id = d.id
    left join lateral (
      select a.detail from delivery_attempts a
      where a.delivery_id = d.id and a.state = 'ambiguous'
      order by a.attempt desc
      limit 1
    ) open on true
    where d.state = 'unknown' and coalesce(d.sending_at, d.decided_at) >= ${timestamp(since)}::timestamptz
    order by "sendingAt" desc, d.id
  `.execute(db);
  return rows;
}
