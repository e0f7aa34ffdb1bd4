import { sql } from 'kysely';
import type { ChannelName } from '../../domain/channel-name.ts';
import { floorToSecond, toIso, type Instant } from '../../domain/instant.ts';
import { timestamp, type Database } from '../../store/database.ts';
import { findNameOfCustomer, nameInEvent } from '../../store/name-of-customer.ts';
import type { InboxEvent, Effect } from './effect.ts';
import { eventOf } from './inbox-event.ts';
import type { InboxRow } from './inbox-rows.ts';
import { findOwners } from './sent-messages.ts';

export interface LeavingDependencies {
  readonly db: Database;
}

/** Who does not want to hear from us any more, and where. */
export interface Leaving {
  readonly channel: ChannelName;
  /** When it was said from an address: then it holds for everybody who has it. */
  readonly addressKey?: string;
  readonly customers: readonly string[];
}

/**
 * What an opt-out that reached us by a provider changes: the consent of each of the people is withdrawn on that channel,
 * and the address is blocked there. Consent comes back only by a new consent, the block goes with a "START".
 */
export async function leave(
  row: InboxRow,
  { channel, addressKey, customers }: Leaving,
  { db }: LeavingDependencies,
): Promise<Pick<Effect, 'stopWords' | 'events'>> {
  const owners = addressKey === undefined ? [] : await findOwners(db, addressKey);
  const events: InboxEvent[] = [];
  for (const customer of new Set([...owners, ...customers])) {
    const name = await findNameOfCustomer(db, customer);
    if (name === undefined) continue;
    const data = { channel, purpose: 'marketing', state: 'withdrawn', basis: basisOf(row) };
    const event = eventOf(row, { type: 'consent.changed', data, about: name.id }, nameInEvent(name));
    events.push({
      ...event,
      occurredAt: toIso(await notBeforeItsSecond(db, name.id, channel, row.notice.at)),
    });
  }
  if (addressKey === undefined) return { events };
  return { events, stopWords: [{ addressKey, channel, word: 'stop', at: row.notice.at }] };
}

/**
 * Providers tell whole seconds: a consent of the same second may be the one that is taken back, so the withdrawal counts as
 * no earlier than it. A consent of a later second is a new one.
 */
async function notBeforeItsSecond(
  db: Database,
  customer: string,
  channel: ChannelName,
  at: Instant,
): Promise<Instant> {
  const { rows } = await sql<{ latest: Instant | null }>`
    select max(occurred_at) as latest from current_consents
    where customer_id = ${customer}::uuid and channel = ${channel} and purpose = 'marketing'
      and occurred_at >= ${timestamp(at)}::timestamptz
      and occurred_at < ${timestamp(floorToSecond(at) + 1000)}::timestamptz
  `.execute(db);
  return rows[0]?.latest ?? at;
}

function basisOf({ notice }: InboxRow): string {
  if (notice.kind === 'inbound') return `asked us to stop by ${notice.channel}`;
  return notice.kind === 'unsubscribed' ? 'unsubscribed at the provider' : 'stopped at the provider';
}
