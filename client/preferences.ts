import { createHash } from 'node:crypto';
import { channelNames, type ChannelName } from '../domain/channel-name.ts';
import { decidingWord } from '../domain/deciding-word.ts';
import { toIso, type Clock, type Instant } from '../domain/instant.ts';
import { localDay } from '../domain/local-day.ts';
import type { ShopConfig } from '../domain/shop-config.ts';
import { tellOnce } from '../intake/tell-once.ts';
import type { Database } from '../store/database.ts';
import { findNameOfCustomer, nameInEvent, type NamedCustomer } from '../store/name-of-customer.ts';
import { loadStandingWishes, type StandingWishes } from '../store/standing-wishes.ts';
import type { Unsubscribe } from './unsubscribe.ts';

/** What a customer gets from us, as it stands now. */
export interface Preferences {
  /** The language that we write in, such as `ko`: one of the shop's. */
  readonly language: string;
  readonly languages: readonly string[];
  /** Those that the customer has ever said something about; others are for the shop's own forms to ask for. */
  readonly channels: readonly ChannelPreference[];
  readonly topics: readonly TopicPreference[];
  /** No marketing before this day, `YYYY-MM-DD`; absent when nothing is paused. */
  readonly pausedUntil?: string;
}

export interface ChannelPreference {
  readonly channel: ChannelName;
  /** Some marketing may be sent on it, if only about one topic. */
  readonly wanted: boolean;
  /** Set when the address itself is stopped, by STOP, a complaint or a bounce: no tick here can change that. */
  readonly stopped: boolean;
}

export interface TopicPreference {
  readonly topic: string;
  /** By language. */
  readonly words: Readonly<Record<string, string>>;
  readonly wanted: boolean;
}

/**
 * What somebody asks for: only what differs from what they were shown. A page that lay open while they said STOP
 * elsewhere does not take that back.
 */
export interface PreferenceChanges {
  readonly channels?: Readonly<Partial<Record<ChannelName, boolean>>>;
  readonly topics?: Readonly<Record<string, boolean>>;
  readonly language?: string;
  /** Days from today without marketing; 0 ends a pause. */
  readonly pauseDays?: number;
  /** The words next to the ticks, kept as the proof of a new consent. */
  readonly wording?: string;
}

export interface PreferenceBook {
  /** Nothing for a customer who was erased; one who was merged is found. */
  readonly read: (customer: string) => Promise<Preferences | undefined>;
  /**
   * Saves, and returns what is true afterwards. Withdrawals come first, and all of it is in force when this returns. Safe
   * to repeat: what is so already changes nothing.
   */
  readonly save: (customer: string, changes: PreferenceChanges) => Promise<Preferences | undefined>;
}

export interface PreferenceDeps {
  readonly db: Database;
  readonly intake: { accept(events: readonly unknown[]): Promise<unknown> };
  readonly clock: Clock;
  readonly shop: Pick<ShopConfig, 'locales' | 'topics' | 'home'>;
  readonly withdraw: Unsubscribe['withdraw'];
}

const basis = 'preference page';

/** The way from the preference page to the consent log and the profile: through intake, like every other event. */
export function createPreferences(deps: PreferenceDeps): PreferenceBook {
  const { db, shop } = deps;

  async function read(customer: string): Promise<Preferences | undefined> {
    const person = await findNameOfCustomer(db, customer);
    return person === undefined ? undefined : shownOf(await loadStandingWishes(db, person.id), deps);
  }

  async function save(customer: string, changes: PreferenceChanges): Promise<Preferences | undefined> {
    for (const channel of channelNames) {
      if (changes.channels?.[channel] === false) await deps.withdraw({ customer, channel, basis });
    }
    const person = await findNameOfCustomer(db, customer);
    if (person === undefined) return undefined;
    const wishes = await loadStandingWishes(db, person.id);
    for (const wish of wishesIn(changes, wishes, deps)) await tell(deps, person, wishes, wish);
    return read(customer);
  }

  return { read, save };

  function shownOf(wishes: StandingWishes, { clock }: PreferenceDeps): Preferences {
    const [fallback] = shop.locales.supported;
    const today = todayOf(wishes, clock.now(), shop);
    const { quietUntil } = wishes;
    return {
      language: languageOf(wishes.locale, shop.locales.supported) ?? fallback,
      languages: shop.locales.supported,
      channels: wishes.channels.map(({ channel, wanted, stopped }) => ({ channel, wanted, stopped })),
      topics: Object.entries(shop.topics ?? {}).map(([topic, words]) => ({
        topic,
        words,
        wanted: isTopicWanted(topic, wishes),
      })),
      ...(quietUntil !== null && quietUntil > today ? { pausedUntil: quietUntil } : {}),
    };
  }
}

interface Wish {
  readonly type: 'consent.changed' | 'preference.updated';
  readonly data: object;
}

/** Events for what is not so already. */
function wishesIn(
  changes: PreferenceChanges,
  wishes: StandingWishes,
  { shop, clock }: PreferenceDeps,
): Wish[] {
  const { language, pauseDays, wording } = changes;
  const proof = wording === undefined ? {} : { wording };
  const granted = (channel: ChannelName, topic?: string): Wish => ({
    type: 'consent.changed',
    data: {
      channel,
      purpose: 'marketing',
      ...(topic === undefined ? {} : { topic }),
      state: 'granted',
      basis,
      ...proof,
    },
  });
  // Only what was agreed to before, and not what the address itself was stopped for.
  const regained = wishes.channels.filter(
    ({ channel, wanted, stopped }) => changes.channels?.[channel] === true && !wanted && !stopped,
  );
  const open = wishes.channels.filter((each) => each.wanted || regained.includes(each));
  const topics = Object.entries(changes.topics ?? {}).filter(
    ([topic, wanted]) => Object.hasOwn(shop.topics ?? {}, topic) && wanted !== isTopicWanted(topic, wishes),
  );
  return [
    ...topics
      .filter(([, wanted]) => !wanted)
      .map(([topic]): Wish => ({
        type: 'consent.changed',
        data: { channel: 'all', purpose: 'marketing', topic, state: 'withdrawn', basis },
      })),
    ...regained.map(({ channel }) => granted(channel)),
    // A topic is no way to agree to a channel.
    ...topics
      .filter(([, wanted]) => wanted)
      .flatMap(([topic]) => open.map(({ channel }) => granted(channel, topic))),
    ...(language !== undefined &&
    shop.locales.supported.includes(language) &&
    languageOf(wishes.locale, shop.locales.supported) !== language
      ? [preference({ locale: language })]
      : []),
    ...(pauseDays === undefined ? [] : pauseOf(pauseDays, wishes, clock.now(), shop)),
  ];
}

function preference(data: object): Wish {
  return { type: 'preference.updated', data };
}

const dayMs = 24 * 60 * 60 * 1000;

function pauseOf(
  days: number,
  wishes: StandingWishes,
  now: Instant,
  shop: Pick<ShopConfig, 'home'>,
): readonly Wish[] {
  const quietUntil = localDay(now + days * dayMs, zoneOf(wishes, shop));
  const isPaused = wishes.quietUntil !== null && wishes.quietUntil > todayOf(wishes, now, shop);
  if (wishes.quietUntil === quietUntil || (days === 0 && !isPaused)) return [];
  return [preference({ quietUntil })];
}

/** One by one: what was told a moment ago by the same click is left alone, and nothing beside it is. */
async function tell(
  { intake, clock }: PreferenceDeps,
  person: NamedCustomer,
  wishes: StandingWishes,
  { type, data }: Wish,
): Promise<void> {
  const event = {
    id: eventIdOf(person.id, wishes, { type, data }),
    type,
    // Not before the word it takes back, should the shop's clock run ahead of ours.
    occurredAt: toIso(Math.max(clock.now(), ...wishes.words.map(({ at }) => at))),
    source: basis,
    ...nameInEvent(person),
    data,
  };
  await tellOnce(intake, [event]);
}

/** The same wish about the same state of things is the same event; after another word it is a new one. */
function eventIdOf(customer: string, wishes: StandingWishes, wish: Wish): string {
  const standing =
    wish.type === 'consent.changed' ? wishes.words.map(({ event }) => event) : wishes.profileInstants;
  const hash = createHash('sha256')
    .update(JSON.stringify([customer, wish, standing]))
    .digest('hex');
  return `preferences/${hash.slice(0, 32)}`;
}

/**
 * What the gate would say about the topic on the channels that are on. Without any, what was said about the topic alone:
 * ticks of channels are another matter, and a new one does not bring back a topic that was refused.
 */
function isTopicWanted(topic: string, { channels, words }: StandingWishes): boolean {
  if (channels.length === 0) return true;
  const on = channels.filter(({ wanted }) => wanted);
  const said = (channel: ChannelName) => words.filter((word) => word.channel === channel);
  if (on.length > 0) {
    return on.some(({ channel }) => decidingWord(said(channel), topic)?.state === 'granted');
  }
  return channels.some(({ channel }) =>
    said(channel).every((word) => word.topic !== topic || word.state === 'granted'),
  );
}

function languageOf(locale: string | null, supported: readonly string[]): string | undefined {
  if (locale === null) return undefined;
  return supported.find((each) => each === locale) ?? supported.find((each) => each === locale.split('-')[0]);
}

function todayOf(wishes: StandingWishes, now: Instant, shop: Pick<ShopConfig, 'home'>): string {
  return localDay(now, zoneOf(wishes, shop));
}

function zoneOf({ timeZone }: StandingWishes, { home }: Pick<ShopConfig, 'home'>): string {
  return timeZone ?? home.timeZone;
}
