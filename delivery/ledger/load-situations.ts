import { sql } from 'kysely';
import {
  addressKindOf,
  channelNames,
  type AddressKind,
  type ChannelName,
} from '../../domain/channel-name.ts';
import { originOf, type SendRequest } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import { timestamp, type Queryable } from '../../store/database.ts';
import { loadLastInbound } from '../../store/inbound.ts';
import { mayHaveLeft } from '../../store/may-have-left.ts';
import { listWhatsAppTemplates } from '../../store/whatsapp-templates.ts';
import { customerZones } from '../policy/customer-zones.ts';
import type { Jurisdiction } from '../policy/law/law-of.ts';
import type {
  AddressFact,
  CampaignOrigin,
  ConsentFact,
  JourneyOrigin,
  PastSend,
  SendFacts,
  SuppressionFact,
} from '../policy/send-facts.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import { countryOfNumber } from './country-of-number.ts';

/** A customer in a journey or a campaign, as they are now: what the gates judge, and what the message needs besides. */
export interface Situation {
  readonly facts: Omit<SendFacts, 'refused'>;
  /** Of the journey; null for a campaign. */
  readonly version: number | null;
  readonly addresses: { readonly [C in ChannelName]?: string };
  readonly profile: {
    readonly givenName: string | null;
    readonly familyName: string | null;
    readonly locale: string | null;
  };
}

/**
 * The situation of each request, by its enrolment or recipient; one that does not exist has none.
 *
 * One statement per table, whatever the length of the list. In a transaction each statement sees what was committed
 * before it began, which is what the point of no return relies on: it calls this after taking its locks.
 */
export async function loadSituations(
  db: Queryable,
  requests: readonly SendRequest[],
  setting: LedgerSetting,
): Promise<ReadonlyMap<string, Situation>> {
  const people = await loadPeople(db, requests);
  const customers = [...new Set(people.map((person) => person.customer))];
  const now = setting.clock.now();
  const [contacts, consents, complaints, pauses, orders] = await Promise.all([
    loadContacts(db, customers),
    loadConsents(db, customers),
    loadComplaints(db, customers, now),
    loadPauses(db, now),
    loadOrders(db, people),
  ]);
  const keys = [...new Set(contacts.map((contact) => contact.addressKey))];
  const byWhatsApp = setting.channelOf('whatsapp') !== undefined;
  const [suppressions, heardFrom, templates, sends] = await Promise.all([
    loadSuppressions(db, customers, keys),
    byWhatsApp ? loadLastInbound(db, 'whatsapp', keys) : new Map<string, Instant>(),
    byWhatsApp ? listWhatsAppTemplates(db) : [],
    loadSends(db, customers, keys, now - setting.longestWindowMs),
  ]);
  const connected = channelNames.filter((medium) => setting.channelOf(medium) !== undefined);
  const contactsOf = groupBy(contacts, (contact) => contact.customer);
  const consentsOf = groupBy(consents, (consent) => consent.customer);
  const suppressionsOfPerson = groupBy(suppressions, (each) => each.customer);
  const suppressionsOfAddress = groupBy(suppressions, (each) => each.addressKey);
  const sendsToPerson = groupBy(sends, (send) => send.customer);
  const sendsToAddress = groupBy(sends, (send) => send.addressKey);

  const situate = (person: Person): Situation => {
    const own = contactsOf(person.customer);
    const place = placeOf(person, own);
    const ownKeys = [...new Set(own.map((contact) => contact.addressKey))];
    return {
      version: person.version,
      profile: { givenName: person.givenName, familyName: person.familyName, locale: person.locale },
      addresses: byChannel(own, (contact) => contact.address),
      facts: {
        origin: originOfPerson(person, orders, setting),
        customer: {
          id: person.customer,
          erased: person.customerState === 'erased',
          business: person.customerKind === 'business',
          test: person.isTest,
          preferredChannel: person.preferredChannel,
          quietUntil: person.quietUntil,
          locale: person.locale,
          zones: customerZones({ ...person, country: place.country }, setting.shop.home),
          place,
        },
        addresses: byChannel(own, (contact, channel) => addressFactOf(contact, channel, heardFrom)),
        templates,
        connected,
        consents: consentsOf(person.customer),
        suppressions: [
          ...new Set([...suppressionsOfPerson(person.customer), ...ownKeys.flatMap(suppressionsOfAddress)]),
        ],
        complaint: complaints.get(person.customer) ?? null,
        ...pauses,
        sends: [...new Set([...sendsToPerson(person.customer), ...ownKeys.flatMap(sendsToAddress)])],
      },
    };
  };
  return new Map(people.map((person) => [person.origin, situate(person)]));
}

function originOfPerson(
  person: Person,
  orders: ReadonlyMap<string, Instant>,
  setting: LedgerSetting,
): SendFacts['origin'] {
  const { origin: id, name } = person;
  if (person.kind === 'journey') {
    const { state, endedBy, version } = person;
    const includesBusiness = setting.includesBusiness(name, version);
    return { kind: 'journey', id, name, state, endedBy, includesBusiness };
  }
  const { state, launchedAt, test, holdout, duplicate, excludesBuyersSince, includesBusiness, customer } =
    person;
  const lastOrder = orders.get(customer);
  const isBuyer = excludesBuyersSince !== null && lastOrder !== undefined && lastOrder >= excludesBuyersSince;
  return {
    kind: 'campaign',
    id,
    name,
    state,
    launchedAt,
    test,
    holdout,
    duplicate,
    excludesBuyersSince,
    includesBusiness,
    boughtAt: isBuyer ? lastOrder : null,
  };
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

type Person = Customer & (PersonInJourney | PersonInCampaign);

interface PersonInJourney {
  readonly kind: 'journey';
  /** The enrolment. */
  readonly origin: string;
  readonly name: string;
  readonly version: number;
  readonly state: JourneyOrigin['state'];
  readonly endedBy: string | null;
}

interface PersonInCampaign {
  readonly kind: 'campaign';
  /** The recipient. */
  readonly origin: string;
  readonly name: string;
  readonly version: null;
  readonly state: CampaignOrigin['state'];
  readonly launchedAt: Instant | null;
  readonly test: boolean;
  readonly holdout: boolean;
  readonly duplicate: boolean;
  readonly includesBusiness: boolean;
  readonly excludesBuyersSince: Instant | null;
}

interface Customer {
  readonly customer: string;
  readonly customerState: 'active' | 'merged' | 'erased';
  readonly customerKind: 'consumer' | 'business';
  readonly isTest: boolean;
  readonly preferredChannel: ChannelName | null;
  readonly quietUntil: string | null;
  readonly timeZone: string | null;
  readonly timeZoneSource: 'stated' | 'country' | 'shop' | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly locale: string | null;
}

/** Whom each enrolment or recipient belongs to now, by its id. */
export async function loadOwners(
  db: Queryable,
  requests: readonly SendRequest[],
): Promise<ReadonlyMap<string, string>> {
  const people = await loadPeople(db, requests);
  return new Map(people.map((person) => [person.origin, person.customer]));
}

async function loadPeople(db: Queryable, requests: readonly SendRequest[]): Promise<readonly Person[]> {
  const inCampaigns = requests.filter((request) => 'recipient' in request).map(originOf);
  const inJourneys = requests.filter((request) => 'enrolment' in request).map(originOf);
  const [ofJourneys, ofCampaigns] = await Promise.all([
    inJourneys.length === 0 ? [] : loadPeopleInJourneys(db, inJourneys),
    inCampaigns.length === 0 ? [] : loadPeopleInCampaigns(db, inCampaigns),
  ]);
  return [...ofJourneys, ...ofCampaigns];
}

const customerColumns = sql`
  c.id as customer, c.state as "customerState", c.kind as "customerKind", c.is_test as "isTest",
  c.preferred_channel as "preferredChannel", c.quiet_until as "quietUntil",
  c.time_zone as "timeZone", c.time_zone_source as "timeZoneSource", c.country, c.region,
  c.given_name as "givenName", c.family_name as "familyName", c.locale
`;

/** The person is resolved at send: whoever the customer has been merged into by now. */
async function loadPeopleInJourneys(
  db: Queryable,
  enrolments: readonly string[],
): Promise<readonly (Customer & PersonInJourney)[]> {
  const { rows } = await sql<Customer & PersonInJourney>`
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
      'journey' as kind, e.id as origin, e.journey as name, e.version, e.state,
      coalesce(e.exit_reason, e.seal_reason) as "endedBy", ${customerColumns}
    from enrolments e
    join trail t on t.enrolment_id = e.id and t.merged_into is null
    join customers c on c.id = t.id
    where e.id = any(${enrolments}::uuid[])
  `.execute(db);
  return rows;
}

async function loadPeopleInCampaigns(
  db: Queryable,
  recipients: readonly string[],
): Promise<readonly (Customer & PersonInCampaign)[]> {
  const { rows } = await sql<Customer & PersonInCampaign>`
    with recursive trail as (
      select r.id as recipient_id, c.id, c.merged_into
      from campaign_recipients r
      join customers c on c.id = r.customer_id
      where r.id = any(${recipients}::uuid[])
      union
      select t.recipient_id, c.id, c.merged_into
      from trail t
      join customers c on c.id = t.merged_into
    )
    select
      'campaign' as kind, r.id as origin, o.campaign as name, null as version, o.state, o.launched_at as "launchedAt", o.is_test as test,
      r.holdout, r.duplicate_of is not null as duplicate, o.includes_business as "includesBusiness",
      o.excludes_buyers_since as "excludesBuyersSince", ${customerColumns}
    from campaign_recipients r
    join campaign_occurrences o on o.id = r.occurrence_id
    join trail t on t.recipient_id = r.id and t.merged_into is null
    join customers c on c.id = t.id
    where r.id = any(${recipients}::uuid[])
  `.execute(db);
  return rows;
}

/** The newest order of those whom a campaign leaves out if they have bought, by customer. A cancelled one is none. */
async function loadOrders(db: Queryable, people: readonly Person[]): Promise<ReadonlyMap<string, Instant>> {
  const asked = people.flatMap((person) =>
    person.kind === 'campaign' && person.excludesBuyersSince !== null
      ? [{ customer: person.customer, since: person.excludesBuyersSince }]
      : [],
  );
  if (asked.length === 0) return new Map();
  const since = asked.reduce((earliest, each) => Math.min(earliest, each.since), Number.MAX_SAFE_INTEGER);
  const { rows } = await sql<{ customer: string; at: Instant }>`
    select customer_id as customer, max(placed_at) as at
    from orders
    where customer_id = any(${asked.map(({ customer }) => customer)}::uuid[])
      and placed_at >= ${timestamp(since)}::timestamptz
      and state not in ('cancelled', 'payment-expired')
    group by customer_id
  `.execute(db);
  return new Map(rows.map(({ customer, at }) => [customer, at]));
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
    select customer_id as customer, channel, topic, state, night, occurred_at as at
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

/** By customer. What was told ahead of its time does not count yet. */
async function loadComplaints(
  db: Queryable,
  customers: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, SendFacts['complaint']>> {
  const { rows } = await sql<{ customer: string; closedAt: Instant | null }>`
    select customer_id as customer,
      case when bool_and(coalesce(closed_at between opened_at and ${timestamp(now)}::timestamptz, false))
        then max(closed_at) end as "closedAt"
    from complaints
    where customer_id = any(${customers}::uuid[]) and opened_at <= ${timestamp(now)}::timestamptz
    group by customer_id
  `.execute(db);
  return new Map(rows.map(({ customer, closedAt }) => [customer, { closedAt }]));
}

/** A message is useful for a few weeks at most, so an older lapse concerns none any more. */
const lapseMs = 90 * 86_400_000;

/** One statement reads both, so a pause that is just ending is seen as a pause or as its lapse, never as neither. */
async function loadPauses(db: Queryable, now: Instant): Promise<Pick<SendFacts, 'pauses' | 'lapses'>> {
  const { rows } = await sql<SendFacts['lapses'][number] & { resumedAt: Instant | null }>`
    select scope, name, paused_at as "pausedAt", null::timestamptz as "resumedAt" from pauses
    union all
    select scope, name, paused_at, resumed_at from lapses
    where resumed_at > ${timestamp(now - lapseMs)}::timestamptz
    order by 1, 2, 4
  `.execute(db);
  return {
    pauses: rows.flatMap(({ resumedAt, scope, name }) => (resumedAt === null ? [{ scope, name }] : [])),
    lapses: rows.flatMap((row) => (row.resumedAt === null ? [] : [{ ...row, resumedAt: row.resumedAt }])),
  };
}

/** A request whose outcome is unknown may have arrived, so it counts like an accepted one; also while evidence is waited for. */
async function loadSends(
  db: Queryable,
  customers: readonly string[],
  keys: readonly string[],
  since: Instant,
): Promise<readonly PastSend[]> {
  const { rows } = await sql<PastSend>`
    with recent as (
      select d.id, d.customer_id, d.address_key, d.enrolment_id, d.recipient_id, d.channel, d.purpose, d.allowance,
        d.sending_at, d.state, d.is_test
      from deliveries d
      where d.customer_id = any(${customers}::uuid[]) and d.sending_at > ${timestamp(since)}::timestamptz
      union
      select d.id, d.customer_id, d.address_key, d.enrolment_id, d.recipient_id, d.channel, d.purpose, d.allowance,
        d.sending_at, d.state, d.is_test
      from deliveries d
      where d.address_key = any(${keys}::text[]) and d.sending_at > ${timestamp(since)}::timestamptz
    )
    select id as delivery, customer_id as customer, address_key as "addressKey",
      coalesce(enrolment_id, recipient_id) as origin, channel, purpose, allowance, sending_at as at
    from recent
    where ${mayHaveLeft('recent')} and not is_test
  `.execute(db);
  return rows;
}

function byChannel<Value>(
  contacts: readonly Contact[],
  valueOf: (contact: Contact, channel: ChannelName) => Value,
): { readonly [C in ChannelName]?: Value } {
  const found = channelNames.flatMap((channel) =>
    contacts
      .filter((contact) => contact.kind === addressKindOf[channel])
      .map((contact) => [channel, valueOf(contact, channel)] as const),
  );
  return Object.fromEntries(found);
}

/** What the shop said goes before what the number says (R-CO-2). */
function placeOf({ country, region }: Customer, contacts: readonly Contact[]): Jurisdiction {
  if (country !== null) return { country, region, from: 'stated' };
  const phone = contacts.find((contact) => contact.kind === 'phone');
  const ofNumber = phone === undefined ? null : countryOfNumber(phone.address);
  return { country: ofNumber, region: null, from: ofNumber === null ? 'unknown' : 'number' };
}

function addressFactOf(
  { kind, address, addressKey: key, valid }: Contact,
  channel: ChannelName,
  heardFrom: ReadonlyMap<string, Instant>,
): AddressFact {
  if (kind === 'email') return { key, valid };
  const numberCountry = countryOfNumber(address);
  const heardFromAt = channel === 'whatsapp' ? heardFrom.get(key) : undefined;
  return { key, valid, numberCountry, ...(heardFromAt === undefined ? {} : { heardFromAt }) };
}
