import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import type { Database } from './database.ts';
import { lockAddresses } from './lock-addresses.ts';
import { newId } from './new-id.ts';
import { isoOrNull } from './record-set.ts';

/** "STOP" or "START", as an address said it by a channel. */
export interface StopWord {
  readonly addressKey: string;
  readonly channel: ChannelName;
  readonly word: 'stop' | 'start';
  readonly at: Instant;
}

/**
 * Blocks an address on a channel, or lifts that block: the newest word counts, whichever is told last, and at the same
 * instant the stop. Safe to repeat. Nobody who has the address is written to by that channel, for whatever purpose: most
 * providers refuse it as well. A start lifts this block only; it gives no consent and leaves bounces and complaints as
 * they are (providers reference R-TW-4).
 *
 * Holds the lock of the address: a message either had passed its point of no return before, or does not leave.
 */
export async function sayStopWord(db: Database, { addressKey, channel, word, at }: StopWord): Promise<void> {
  const instant = isoOrNull(at);
  await db.transaction().execute(async (trx) => {
    await lockAddresses(trx, [addressKey]);
    // Each word stays as a row of its own, a start as a block that was lifted at once: so the older of two that come in
    // the wrong order finds the newer one.
    await sql`
      insert into suppressions (id, address_key, channel, scope, reason, at, lifted_at)
      select ${newId()}::uuid, ${addressKey}, ${channel}, 'everything', 'stop', ${instant}::timestamptz,
        ${word === 'start' ? instant : null}::timestamptz
      where not exists (
        select from suppressions newer
        where newer.address_key = ${addressKey} and newer.channel = ${channel} and newer.reason = 'stop'
          and (newer.at > ${instant}::timestamptz
            or (newer.at = ${instant}::timestamptz and (newer.lifted_at is null or ${word} = 'start')))
      )
    `.execute(trx);
    if (word === 'stop') return;
    await sql`
      update suppressions set lifted_at = ${instant}::timestamptz
      where address_key = ${addressKey} and channel = ${channel} and reason = 'stop' and lifted_at is null
        and at < ${instant}::timestamptz
    `.execute(trx);
  });
}
