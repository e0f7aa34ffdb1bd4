import { sql } from 'kysely';
import type { ChannelName } from '../../domain/channel-name.ts';
import { toIso, type Instant } from '../../domain/instant.ts';
import { timestamp, type Database } from '../../store/database.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import { silenceMs } from './look-up-plan.ts';

const media: readonly ChannelName[] = ['email', 'sms', 'whatsapp'];
/** A new leader looks back so far: what went longer ago has been asked about for the last time. */
const longestMs = 24 * 3_600_000;

/**
 * Notes messages that their provider took and of which no receipt told the end, so that it is asked about them.
 *
 * @param after wall time of the leases that have been seen to
 * @returns the same for the next time
 */
export async function noteSilent(
  db: Database,
  setting: LedgerSetting,
  after: Instant | undefined,
): Promise<Instant | undefined> {
  const upTo = setting.wall.now() - silenceMs;
  const connections = media
    .map((medium) => setting.channelOf(medium))
    .flatMap((channel) => (channel?.readStatus === undefined ? [] : [channel.connection]));
  if (connections.length === 0) return after;
  await sql`
    insert into look_ups (delivery_id, next_at)
    select d.id, ${toIso(setting.clock.now())}::timestamptz
    from delivery_attempts a
    join deliveries d on d.id = a.delivery_id
    where a.lease_until > ${timestamp(after ?? upTo - longestMs)}::timestamptz
      and a.lease_until <= ${timestamp(upTo)}::timestamptz
      and a.state = 'accepted' and a.connection = any(${connections}::text[])
      and d.state = 'accepted' and d.connection = a.connection and d.provider_id is not null
      and coalesce(d.arrival, 'sent') = 'sent'
    on conflict (delivery_id) do nothing
  `.execute(db);
  return upTo;
}
