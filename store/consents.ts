import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from './database.ts';
import { newId } from './new-id.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** One word of a customer about one channel. The log only grows: it is the proof. */
export interface ConsentWord {
  readonly customer: string;
  readonly channel: ChannelName;
  readonly topic: string;
  readonly state: 'granted' | 'withdrawn';
  readonly basis: string;
  readonly wording: string | null;
  readonly night: boolean;
  readonly at: Instant;
  readonly event: string;
}

export async function appendConsents(trx: DatabaseTransaction, words: readonly ConsentWord[]): Promise<void> {
  if (words.length === 0) return;
  const rows = words.map(({ customer, at, event, ...word }) => ({
    id: newId(),
    customer_id: customer,
    ...word,
    occurred_at: isoOrNull(at),
    event_id: event,
  }));
  await sql`
    insert into consents (id, customer_id, channel, purpose, topic, state, basis, wording, night, occurred_at, event_id)
    select id, customer_id, channel, 'marketing', topic, state, basis, wording, night, occurred_at, event_id
    from ${recordSet(
      rows,
      'id uuid, customer_id uuid, channel text, topic text, state text, basis text, wording text, night boolean, ' +
        'occurred_at timestamptz, event_id text',
    )}
  `.execute(trx);
}
