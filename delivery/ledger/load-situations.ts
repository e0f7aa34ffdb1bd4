import { sql } from 'kysely';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import {
  addressKindOf,
  channelNames,
  type AddressKind,
  type ChannelName,
} from '../../domain/channel-name.ts';
import type { Instant } from '../../domain/instant.ts';
import { timestamp, type Queryable } from '../../store/database.ts';
import { customerZones } from '../policy/customer-zones.ts';
import type { ConsentFact, PastSend, SendFacts, SuppressionFact } from '../policy/send-facts.ts';
import type { LedgerSetting } from './candidate.ts';

/** A customer in a journey, as they are now: what the gates judge, and what the message needs besides. */
export interface Situation {
  readonly facts: Omit<SendFacts, 'refused'>;
  readonly version: number;
  readonly addresses: { readonly [C in ChannelName]?: string };
  readonly profile: {
    readonly givenName: string | null;
    readonly familyName: string | null;
    readonly locale: string | null;
  };
}

/**
 * The situation of each enrolment, by its id; an enrolment that does not exist has none.
 *
 * One statement per table, whatever the length of the list. In a transaction each statement sees what was committed
 * before it began, which is what the point of no return relies on: it calls this after taking its locks.
 */
export async function loadSituations(
  db: Queryable,
  enrolments: readonly string[],
  setting: LedgerSetting,
): Promise<ReadonlyMap<string, Situation>> {
  const people = await loadPeople(db, enrolments);
  const customers = [...new Set(people.map((person) => person.customer))];
  const contacts = await loadContacts(db, customers);
  const keys = [...new Set(contacts.map((contact) => contact.addressKey))];
  const consents = await loadConsents(db, customers);
  const suppressions = await loadSuppressions(db, customers, keys);
  const pauses = await loadPauses(db);
  const sends = await loadSends(db, customers, keys, setting.clock.now() - setting.longestWindowMs);
  const connected = channelNames.filter((medium) => setting.channelOf(medium) !== undefined);
  const contactsOf = groupBy(contacts, (contact) => contact.customer);
  const consentsOf = groupBy(consents, (consent) => consent.customer);
  const suppressionsOfPerson = groupBy(suppressions, (each) => each.customer);
  const suppressionsOfAddress = groupBy(suppressions, (each) => each.addressKey);
  const sendsToPerson = groupBy(sends, (send) => send.customer);
  const sendsToAddress = groupBy(sends, (send) => send.addressKey);

  const situate = (person: Person): Situation => {
    const own = contactsOf(person.customer);
    const ownKeys = [...new Set(own.map((contact) => contact.addressKey))];
    return {
      version: person.version,
      profile: { givenName: person.givenName, familyName: person.familyName, locale: person.locale },
      addresses: byChannel(own, (contact) => contact.address),
      facts: {
        enrolment: {
          id: person.enrolment,
          journey: person.journey,
          state: person.state,
          endedBy: person.endedBy,
          includesBusiness: setting.includesBusiness(person.journey, person.version),
        },
        customer: {
          id: person.customer,
          erased: person.customerState === 'erased',
          business: person.kind === 'business',
          test: person.isTest,
          preferredChannel: person.preferredChannel,
          quietUntil: person.quietUntil,
          zones: customerZones(
            { ...person, country: person.country ?? countryOfPhone(own) },
            setting.shop.home,
          ),
        },
        addresses: byChannel(own, (contact) => ({ key: contact.addressKey, valid: contact.valid })),
        connected,
        consents: consentsOf(person.customer),
        suppressions: [
          ...new Set([...suppressionsOfPerson(person.customer), ...ownKeys.flatMap(suppressionsOfAddress)]),
        ],
        pauses,
        sends: [...new Set([...sendsToPerson(person.customer), ...ownKeys.flatMap(sendsToAddress)])],
      },
    };
  };
  return new Map(people.map((person) => [person.enrolment, situate(person)]));
}

/** Looks things up by what they belong to; a list of a thousand would be searched a million times. */
function groupBy<Item>(
  items: readonly Item[],
  ownerOf: (item: Item) => string | null,
): (owner: string) => readonly Item[] {
  const groups = new Map<string | null, Item[]>();
  for (const item of items) {
    const owner = ownerOf(item);
    const group = groups.get(owner);
    if (group === undefined) groups.set(owner, [item]);
    else group.push(item);
  }
  return (owner) => groups.get(owner) ?? [];
}

interface Person {
  readonly enrolment: string;
  readonly journey: string;
  readonly version: number;
  readonly state: 'open' | 'sealed' | 'closed';
  readonly endedBy: string | null;
  readonly customer: string;
  readonly customerState: 'active' | 'merged' | 'erased';
  readonly kind: 'consumer' | 'business';
  readonly isTest: boolean;
  readonly preferredChannel: ChannelName | null;
  readonly quietUntil: string | null;
  readonly timeZone: string | null;
  readonly timeZoneSource: 'stated' | 'country' | 'shop' | null;
  readonly country: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly locale: string | null;
}

/** Whom each enrolment belongs to now, by its id. */
export async function loadOwners(
  db: Queryable,
  enrolments: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const people = await loadPeople(db, enrolments);
  return new Map(people.map((person) => [person.enrolment, person.customer]));
}

/** The person is resolved at send: whoever the customer has been merged into by now. */
async function loadPeople(db: Queryable, enrolments: readonly string[]): Promise<readonly Person[]> {
  const { rows } = await sql<Person>`
    with recursive trail as (
      select e.id as enrolment_id, c.id, c.merged_into
      from enrolments e
      join customers c on c.id = e.customer_id
      where e.id = any(${enrolments}::uuid[])
      union
      select t.enrolment_id, c.id, c.merged_into
      from trail t
      join customers c on c.id = t.merged_into
    )
    select
      e.id as enrolment, e.journey, e.version, e.state,
      coalesce(e.exit_reason, e.seal_reason) as "endedBy",
      c.id as customer, c.state as "customerState", c.kind, c.is_test as "isTest",
      c.preferred_channel as "preferredChannel", c.quiet_until as "quietUntil",
      c.time_zone as "timeZone", c.time_zone_source as "timeZoneSource", c.country,
      c.given_name as "givenName", c.family_name as "familyName", c.locale
    from enrolments e
    join trail t on t.enrolment_id = e.id and t.merged_into is null
    join customers c on c.id = t.id
    where e.id = any(${enrolments}::uuid[])
  `.execute(db);
  return rows;
}

interface Contact {
  readonly customer: string;
  readonly kind: AddressKind;
  readonly address: string;
  readonly addressKey: string;
  readonly valid: boolean;
}

async function loadContacts(db: Queryable, customers: readonly string[]): Promise<readonly Contact[]> {
  const { rows } = await sql<Contact>`
    select customer_id as customer, kind, address, address_key as "addressKey", state = 'valid' as valid
    from contact_points
    where customer_id = any(${customers}::uuid[])
  `.execute(db);
  return rows;
}

async function loadConsents(
  db: Queryable,
  customers: readonly string[],
): Promise<readonly (ConsentFact & { readonly customer: string })[]> {
  const { rows } = await sql<ConsentFact & { customer: string }>`
    select customer_id as customer, channel, topic, state, occurred_at as at
    from current_consents
    where customer_id = any(${customers}::uuid[]) and purpose = 'marketing'
  `.execute(db);
  return rows;
}

async function loadSuppressions(
  db: Queryable,
  customers: readonly string[],
  keys: readonly string[],
): Promise<readonly SuppressionFact[]> {
  const { rows } = await sql<SuppressionFact>`
    select customer_id as customer, address_key as "addressKey", channel, scope, reason
    from suppressions
    where (customer_id = any(${customers}::uuid[]) or address_key = any(${keys}::text[])) and lifted_at is null
    order by at, id
  `.execute(db);
  return rows;
}

async function loadPauses(db: Queryable): Promise<SendFacts['pauses']> {
  const { rows } = await sql<SendFacts['pauses'][number]>`
    select scope, name from pauses order by scope, name
  `.execute(db);
  return rows;
}

/** A request whose outcome is unknown may have arrived, so it counts like an accepted one. */
async function loadSends(
  db: Queryable,
  customers: readonly string[],
  keys: readonly string[],
  since: Instant,
): Promise<readonly PastSend[]> {
  const { rows } = await sql<PastSend>`
    with recent as (
      select d.id, d.customer_id, d.address_key, d.enrolment_id, d.channel, d.purpose, d.allowance, d.sending_at, d.state, d.is_test
      from deliveries d
      where d.customer_id = any(${customers}::uuid[]) and d.sending_at > ${timestamp(since)}::timestamptz
      union
      select d.id, d.customer_id, d.address_key, d.enrolment_id, d.channel, d.purpose, d.allowance, d.sending_at, d.state, d.is_test
      from deliveries d
      where d.address_key = any(${keys}::text[]) and d.sending_at > ${timestamp(since)}::timestamptz
    )
    select customer_id as customer, address_key as "addressKey", enrolment_id as enrolment, channel, purpose,
      allowance, sending_at as at
    from recent
    where state in ('sending', 'accepted', 'unknown') and not is_test
  `.execute(db);
  return rows;
}

function byChannel<Value>(
  contacts: readonly Contact[],
  valueOf: (contact: Contact) => Value,
): { readonly [C in ChannelName]?: Value } {
  const found = channelNames.flatMap((channel) =>
    contacts
      .filter((contact) => contact.kind === addressKindOf[channel])
      .map((contact) => [channel, valueOf(contact)] as const),
  );
  return Object.fromEntries(found);
}

/** The country code of the number, when the shop did not say where the customer lives. */
function countryOfPhone(contacts: readonly Contact[]): string | null {
  const phone = contacts.find((contact) => contact.kind === 'phone');
  return phone === undefined ? null : (parsePhoneNumberFromString(phone.address)?.country ?? null);
}
