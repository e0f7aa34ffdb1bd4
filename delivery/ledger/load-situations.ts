import { addressKindOf, channelNames, type ChannelName } from '../../domain/channel-name.ts';
import type { SendRequest } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Queryable } from '../../store/database.ts';
import { loadLastInbound } from '../../store/inbound.ts';
import { listWhatsAppTemplates } from '../../store/whatsapp-templates.ts';
import { customerZones } from '../policy/customer-zones.ts';
import type { Jurisdiction } from '../policy/law/law-of.ts';
import type { AddressFact, SendFacts } from '../policy/send-facts.ts';
import { countryOfNumber } from './country-of-number.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import {
  loadComplaints,
  loadConsents,
  loadContacts,
  loadOrders,
  loadPauses,
  loadSends,
  loadSuppressions,
  type Contact,
} from './load-gate-facts.ts';
import { loadPeople, type Customer, type Person } from './load-people.ts';

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
