import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { channelNames, type ChannelName } from '../domain/channel-name.ts';
import { toIso, type Clock, type Instant } from '../domain/instant.ts';
import { tellOnce } from '../intake/tell-once.ts';
import type { Database } from '../store/database.ts';
import { findNameOfCustomer, nameInEvent } from '../store/name-of-customer.ts';

/** What a customer asks for by an unsubscribe link. */
export interface Withdrawal {
  readonly customer: string;
  /** The message whose link was used; unknown for the short links of text messages. */
  readonly delivery?: string;
  readonly channel: ChannelName | 'all';
  /** Where it was asked for, as the consent log keeps it. Default: an unsubscribe link. */
  readonly basis?: string;
}

export interface Unsubscribe {
  /**
   * Withdraws the consent to marketing on a channel. In force when it returns: nothing passes the point of no return
   * after that. Asking again changes nothing, but a customer who has consented anew in the meantime is withdrawn anew.
   * A customer who is merged by now is found, one who is erased has nothing left to withdraw.
   */
  readonly withdraw: (withdrawal: Withdrawal) => Promise<void>;
  /** The customer's language tag, for the page that confirms it. */
  readonly localeOf: (customer: string) => Promise<string | undefined>;
}

export interface UnsubscribeDeps {
  readonly db: Database;
  readonly intake: { accept(events: readonly unknown[]): Promise<unknown> };
  readonly clock: Clock;
}

/** The way from an unsubscribe link to the consent log. It goes through intake like every other event. */
export function createUnsubscribe({ db, intake, clock }: UnsubscribeDeps): Unsubscribe {
  async function withdraw(withdrawal: Withdrawal): Promise<void> {
    const person = await findNameOfCustomer(db, withdrawal.customer);
    if (person === undefined) return;
    const channels = withdrawal.channel === 'all' ? channelNames : [withdrawal.channel];
    const standing = await loadStanding(db, person.id, channels);
    if (!standing.canWithdraw) return;
    const basis = withdrawal.basis ?? 'unsubscribe link';
    const event = {
      id: eventIdOf(withdrawal, standing.eventIds),
      type: 'consent.changed',
      // Not before the consent it takes back, should the shop's clock run ahead of ours.
      occurredAt: toIso(Math.max(clock.now(), standing.latest)),
      source: basis,
      ...nameInEvent(person),
      data: {
        channel: withdrawal.channel,
        purpose: 'marketing',
        state: 'withdrawn',
        basis,
      },
    };
    await tellOnce(intake, [event]);
  }

  return {
    withdraw,
    localeOf: async (customer) => (await findNameOfCustomer(db, customer))?.locale ?? undefined,
  };
}

interface Standing {
  readonly canWithdraw: boolean;
  readonly latest: Instant;
  /** The words that stand: as long as they are the same, so is the withdrawal. */
  readonly eventIds: readonly string[];
}

async function loadStanding(
  db: Database,
  customer: string,
  channels: readonly ChannelName[],
): Promise<Standing> {
  const { rows } = await sql<{
    channel: ChannelName;
    topic: string;
    state: string;
    at: Instant;
    eventId: string;
  }>`
    select channel, topic, state, occurred_at as at, event_id as "eventId"
    from current_consents
    where customer_id = ${customer}::uuid and channel = any(${channels}::text[]) and purpose = 'marketing'
    order by channel, topic
  `.execute(db);
  const isWithdrawn = (channel: ChannelName) => {
    const words = rows.filter((row) => row.channel === channel);
    const general = words.find((row) => row.topic === '');
    return (
      general?.state === 'withdrawn' &&
      words.every((row) => row.state === 'withdrawn' || row.at <= general.at)
    );
  };
  return {
    canWithdraw: !channels.every(isWithdrawn),
    latest: Math.max(0, ...rows.map((row) => row.at)),
    eventIds: rows.map((row) => row.eventId),
  };
}

/** The same click on the same consent is the same event; a click on a later consent is another. */
function eventIdOf(
  { customer, delivery = customer, channel }: Withdrawal,
  eventIds: readonly string[],
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([delivery, channel, eventIds]))
    .digest('hex');
  return `unsubscribe/${hash.slice(0, 32)}`;
}
