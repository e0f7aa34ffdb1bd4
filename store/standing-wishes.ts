import { sql } from 'kysely';
import { addressKindOf, channelNames, type ChannelName } from '../domain/channel-name.ts';
import { decidingWord } from '../domain/deciding-word.ts';
import type { Instant } from '../domain/instant.ts';
import type { Queryable } from './database.ts';

/** What a customer has said about what they want to get, as it stands. */
export interface StandingWishes {
  readonly locale: string | null;
  readonly timeZone: string | null;
  /** `YYYY-MM-DD`. */
  readonly quietUntil: string | null;
  /** When the language and the pause were last spoken of. */
  readonly profileInstants: readonly (Instant | null)[];
  /** Channels that the customer has ever agreed to or refused, if only for one topic; in our order. */
  readonly channels: readonly StandingChannel[];
  /** The latest word on each channel and topic; the topic is empty for all of them. */
  readonly words: readonly StandingWord[];
}

export interface StandingChannel {
  readonly channel: ChannelName;
  /** Some marketing may be sent on it: all, or only what is about a topic that was agreed to. */
  readonly wanted: boolean;
  /** The person or the address may not be written to on it, whatever was agreed. */
  readonly stopped: boolean;
}

export interface StandingWord {
  readonly channel: ChannelName;
  readonly topic: string;
  readonly state: 'granted' | 'withdrawn';
  readonly at: Instant;
  readonly event: string;
}

/** @param customer who is there: neither merged nor erased */
export async function loadStandingWishes(db: Queryable, customer: string): Promise<StandingWishes> {
  const [profile, words, spokenOf, stopped] = await Promise.all([
    loadProfile(db, customer),
    loadWords(db, customer),
    loadChannelsSpokenOf(db, customer),
    loadStoppedChannels(db, customer),
  ]);
  return {
    locale: profile?.locale ?? null,
    timeZone: profile?.timeZone ?? null,
    quietUntil: profile?.quietUntil ?? null,
    profileInstants: [profile?.localeAt ?? null, profile?.quietUntilAt ?? null],
    channels: channelNames
      .filter((channel) => spokenOf.has(channel))
      .map((channel) => ({ channel, wanted: isWanted(channel, words), stopped: stopped.has(channel) })),
    words,
  };
}

/** By the rule of the gate, for every message that could be sent. */
function isWanted(channel: ChannelName, words: readonly StandingWord[]): boolean {
  const said = words.filter((word) => word.channel === channel);
  return said.some(({ topic }) => decidingWord(said, topic)?.state === 'granted');
}

interface Profile {
  readonly locale: string | null;
  readonly timeZone: string | null;
  readonly quietUntil: string | null;
  readonly localeAt: Instant | null;
  readonly quietUntilAt: Instant | null;
}

async function loadProfile(db: Queryable, customer: string): Promise<Profile | undefined> {
  const { rows } = await sql<Profile>`
    select locale, time_zone as "timeZone", quiet_until::text as "quietUntil",
      (field_instants->>'locale')::double precision as "localeAt",
      (field_instants->>'quiet_until')::double precision as "quietUntilAt"
    from customers where id = ${customer}::uuid
  `.execute(db);
  return rows[0];
}

async function loadWords(db: Queryable, customer: string): Promise<readonly StandingWord[]> {
  const { rows } = await sql<StandingWord>`
    select channel, topic, state, occurred_at as at, event_id as event
    from current_consents
    where customer_id = ${customer}::uuid and purpose = 'marketing'
    order by channel, topic
  `.execute(db);
  return rows;
}

/** A topic that was refused says nothing about a channel: it is refused on all of them, whoever was never asked included. */
async function loadChannelsSpokenOf(db: Queryable, customer: string): Promise<ReadonlySet<ChannelName>> {
  const { rows } = await sql<{ channel: ChannelName }>`
    select distinct channel from consents
    where customer_id = ${customer}::uuid and purpose = 'marketing' and (topic = '' or state = 'granted')
  `.execute(db);
  return new Set(rows.map(({ channel }) => channel));
}

async function loadStoppedChannels(db: Queryable, customer: string): Promise<ReadonlySet<ChannelName>> {
  const { rows } = await sql<{ channel: ChannelName | null; kind: string | null }>`
    select s.channel, p.kind
    from suppressions s
    left join contact_points p on p.customer_id = ${customer}::uuid and p.address_key = s.address_key
    where s.lifted_at is null and (s.customer_id = ${customer}::uuid or p.customer_id is not null)
  `.execute(db);
  const isStopped = (channel: ChannelName) =>
    rows.some(
      (row) =>
        (row.channel === null || row.channel === channel) &&
        (row.kind === null || row.kind === addressKindOf[channel]),
    );
  return new Set(channelNames.filter(isStopped));
}
