import { channelNames } from '../../domain/channel-name.ts';
import type { EventData, EventOf } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import type { CustomerProfile, CustomerRecord } from '../../store/customers.ts';
import type { Knowledge } from './knowledge.ts';

/** What an event may say about a person. */
type Profile = Omit<EventData<'customer.updated'>, never>;

/**
 * Field by field, the newest word counts, in whatever order the words arrive. A word dated ahead counts from when it was
 * told: from its own instant it would outlive corrections that come after it.
 */
export function applyProfile(
  knowledge: Knowledge,
  customer: CustomerRecord,
  profile: Profile,
  happenedAt: Instant,
): void {
  const at = Math.min(happenedAt, knowledge.now);
  setFields(knowledge, customer, at, {
    given_name: profile.givenName,
    family_name: profile.familyName,
    locale: profile.locale,
    country: profile.country,
    region: profile.region,
    time_zone: profile.timeZone,
    kind: profile.kind,
  });
  if (profile.email !== undefined) {
    knowledge.contactPoints.push({ customer: customer.id, kind: 'email', address: profile.email, at });
  }
  if (profile.phone !== undefined) {
    knowledge.contactPoints.push({ customer: customer.id, kind: 'phone', address: profile.phone, at });
  }
  for (const [name, date] of Object.entries(profile.dates ?? {})) {
    knowledge.dates.push({ customer: customer.id, name, date, at });
  }
}

export function applyPreference(
  knowledge: Knowledge,
  customer: CustomerRecord,
  { data, at }: { data: EventData<'preference.updated'>; at: Instant },
): void {
  setFields(knowledge, customer, Math.min(at, knowledge.now), {
    locale: data.locale,
    preferred_channel: data.channel,
    quiet_until: data.quietUntil,
  });
}

type Said = { readonly [Field in keyof CustomerProfile]?: CustomerProfile[Field] | undefined };

function setFields(knowledge: Knowledge, customer: CustomerRecord, at: Instant, said: Said): void {
  const newer = Object.entries(said).filter(
    ([field, value]) => value !== undefined && at >= (customer.fieldInstants[field] ?? -Infinity),
  );
  if (newer.length === 0) return;
  knowledge.customers.put({
    ...customer,
    profile: { ...customer.profile, ...Object.fromEntries(newer) },
    fieldInstants: { ...customer.fieldInstants, ...Object.fromEntries(newer.map(([field]) => [field, at])) },
  });
}

/**
 * `all` is a word about each channel. A grant counts from when it was told at the latest: dated ahead, it would outlive
 * withdrawals that come after it. A withdrawal keeps its instant, so that a grant which arrives late does not undo it.
 */
export function applyConsent(
  knowledge: Knowledge,
  customer: string,
  { event, at }: { event: EventOf<'consent.changed'>; at: Instant },
): void {
  const { channel, topic, state, basis, wording, night } = event.data;
  const from = state === 'granted' ? Math.min(at, knowledge.now) : at;
  for (const one of channel === 'all' ? channelNames : [channel]) {
    knowledge.consents.push({
      customer,
      channel: one,
      topic: topic ?? '',
      state,
      basis,
      wording: wording ?? null,
      night: night ?? false,
      at: from,
      event: event.id,
    });
  }
}
