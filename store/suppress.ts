import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from './database.ts';
import { lockAddresses } from './lock-addresses.ts';
import { newId } from './new-id.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** A reason not to write to a person, or to an address whoever has it. */
export interface SuppressionWord {
  readonly customer: string | null;
  readonly addressKey: string | null;
  readonly channel: ChannelName | null;
  readonly scope: 'marketing' | 'everything';
  readonly reason: string;
  readonly at: Instant;
}

/**
 * Adds suppressions. Addresses are locked against messages to whoever else has them; customers are locked by the caller.
 * Those are the locks that the point of no return takes: a message either had passed it before this commits, or does not
 * leave at all.
 */
export async function writeSuppressions(
  trx: DatabaseTransaction,
  words: readonly SuppressionWord[],
): Promise<void> {
  if (words.length === 0) return;
  const rows = words.map(({ customer, addressKey, at, ...word }) => ({
    id: newId(),
    customer_id: customer,
    address_key: addressKey,
    ...word,
    at: isoOrNull(at),
  }));
  const add = sql`
    insert into suppressions (id, customer_id, address_key, channel, scope, reason, at)
    select id, customer_id, address_key, channel, scope, reason, at
    from ${recordSet(
      rows,
      'id uuid, customer_id uuid, address_key text, channel text, scope text, reason text, at timestamptz',
    )}
  `;
  // Sent together and worked through in this order: what is added is added behind the locks.
  await Promise.all([
    lockAddresses(
      trx,
      words.map((word) => word.addressKey),
    ),
    add.execute(trx),
  ]);
}

/** An address that bounced for good is not written to again, for whoever has it. */
export async function markAddressesInvalid(
  trx: DatabaseTransaction,
  addressKeys: readonly string[],
): Promise<void> {
  if (addressKeys.length === 0) return;
  await sql`
    update contact_points set state = 'invalid' where address_key = any(${addressKeys}::text[])
  `.execute(trx);
}
