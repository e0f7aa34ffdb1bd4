import { sql } from 'kysely';
import { meaningOfReply, readReply } from '../domain/opt-out-words.ts';
import type { DatabaseTransaction } from './database.ts';

/**
 * Removes what receipts and replies keep about a customer who is erased: that they wrote, what they wrote and what
 * providers told of their messages, as far as it has not taken effect yet. Afterwards the words of a reply are in the event
 * `message.replied` only, and go with the customer's other events. A word that asks us to stop stays as that one word: it
 * must have its effect. Called before their addresses are removed.
 */
export async function clearInbox(trx: DatabaseTransaction, customer: string): Promise<void> {
  await sql`delete from inbound where customer_id = ${customer}::uuid`.execute(trx);
  await sql`
    update inbox set notice = notice || '{"raw": {}}'
    where applied_at is null
      and notice->>'sendId' in (select id::text from deliveries where customer_id = ${customer}::uuid)
  `.execute(trx);
  for (const { id, text, keyword } of await loadUnread(trx, customer)) {
    const meaning = meaningOfReply(readReply(text), keyword);
    if (meaning === 'stop' || meaning === 'start') {
      const word = JSON.stringify({ text: meaning, keyword: meaning, raw: {} });
      await sql`update inbox set notice = notice || ${word}::jsonb where id = ${id}`.execute(trx);
    } else {
      await sql`delete from inbox where id = ${id}`.execute(trx);
    }
  }
}

interface Unread {
  readonly id: string;
  readonly text: string;
  readonly keyword: 'stop' | 'start' | 'help' | null;
}

/** Messages from an address of theirs; from one that others have as well, it may be another person's. */
async function loadUnread(trx: DatabaseTransaction, customer: string): Promise<readonly Unread[]> {
  const { rows } = await sql<Unread>`
    select id, notice->>'text' as text, notice->>'keyword' as keyword
    from inbox
    where applied_at is null and notice->>'kind' = 'inbound' and lower(notice->>'from') in (
      select own.address_key from contact_points own
      where own.customer_id = ${customer}::uuid and not exists (
        select from contact_points other
        where other.address_key = own.address_key and other.customer_id <> own.customer_id
      )
    )
  `.execute(trx);
  return rows;
}
