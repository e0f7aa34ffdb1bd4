import * as z from 'zod';
import type { ChannelName } from '../../domain/channel-name.ts';
import type { CampaignSend, CampaignState, JourneySend, SendRequest } from '../../domain/delivery.ts';
import { sendKeyOf } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import { defineMessage, type DeliveryClass, type Purpose } from '../../domain/message.ts';
import type { PolicyConfig, ShopConfig } from '../../domain/shop-config.ts';
import type { Channel, Outgoing, Acceptance } from '../../delivery/channels/channel.ts';
import { accepted } from '../../delivery/channels/channel.ts';
import { createDeliver, type Deliver, type DeliverDeps } from '../../delivery/deliver.ts';
import { createLinks } from '../../delivery/links.ts';
import type { MessageRegistry } from '../../delivery/message-registry.ts';
import { precompile } from '../../delivery/rendering/precompile.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import config from '../../perennial.config.ts';
import { timestamp, type Database } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase } from '../kit/database.ts';

/** A Thursday, ten o'clock in London. */
export const tenOClock = Date.parse('2026-11-26T10:00:00Z');
export const hour = 3_600_000;

const say = (name: string, purpose: Purpose, sendClass: DeliveryClass) =>
  defineMessage({
    name,
    purpose,
    class: sendClass,
    channels: ['email', 'sms'],
    usefulFor: '2 days',
    topic: 'cart',
    input: z.strictObject({ say: z.string() }),
    data: z.strictObject({ say: z.string() }),
    load: async ({ say }) => (say === '' ? { nothingToSay: 'cart-emptied' } : { data: { say } }),
    sample: { say: 'Hello' },
  });

export const testMessages = {
  reminder: say('reminder', 'marketing', 'once'),
  receipt: say('receipt', 'transactional', 'must'),
  notice: say('notice', 'transactional', 'keyed'),
} satisfies MessageRegistry;

const words = {
  email: {
    subject: precompile('{{say}}', 'plain'),
    html: precompile('<p>{{say}}</p><a href="{{links.unsubscribe}}">stop</a>', 'html'),
    text: precompile('{{say}} {{links.unsubscribe}}', 'plain'),
  },
  sms: { text: precompile('{{say}}', 'plain') },
};

/** A channel that remembers what it was asked to send and answers as it is told. */
export function listeningChannel(
  medium: ChannelName,
  answer: (outgoing: Outgoing, signal: AbortSignal) => Promise<Acceptance> = async ({ sendId }) =>
    accepted(sendId),
): Channel & { readonly heard: Outgoing[] } {
  const heard: Outgoing[] = [];
  return {
    connection: `listening-${medium}`,
    medium,
    heard,
    async send(outgoing, signal) {
      heard.push(outgoing);
      return answer(outgoing, signal);
    },
  };
}

export interface ShopOptions {
  readonly policy?: Partial<PolicyConfig>;
  readonly channels?: readonly Channel[];
  readonly messages?: MessageRegistry;
}

/** A shop with a database of its own, a clock that is set by hand and channels that listen. */
export async function openDeliveryShop(options: ShopOptions = {}) {
  const database = await createTestDatabase();
  return { ...database, ...shopOf(database.db, options) };
}

/** The same in a database that somebody else has made. */
export function shopOf(db: Database, options: ShopOptions = {}) {
  const email = listeningChannel('email');
  const sms = listeningChannel('sms');
  const clock = { time: tenOClock, now: () => clock.time };
  const shop: ShopConfig = { ...config, policy: { ...config.policy, ...options.policy } };
  const messages = options.messages ?? testMessages;
  const deps: DeliverDeps = {
    db,
    channels: options.channels ?? [email, sms],
    messages,
    renderer: createRenderer({
      templates: Object.fromEntries(Object.keys(messages).map((name) => [name, { en: words, ko: words }])),
    }),
    read: {
      cart: async () => undefined,
      order: async () => undefined,
      supplies: async () => ({ silent: 'order-gone' }),
      season: async () => undefined,
    },
    shop,
    clock,
    links: createLinks({
      publicUrl: 'https://mail.shop.example',
      secret: 'a secret of thirty-two characters',
    }),
  };
  return {
    clock,
    email,
    sms,
    deps,
    deliver: createDeliver(deps),
    /** Another worker of the same shop, with something changed. */
    anotherDeliver: (changes: Partial<DeliverDeps> = {}): Deliver => createDeliver({ ...deps, ...changes }),
    customer: (fields: CustomerFields = {}) => insertCustomer(db, fields),
    enrolment: (customer: string, journey = 'abandoned-cart') => insertEnrolment(db, customer, journey),
    occurrence: (fields: OccurrenceFields = {}) => insertOccurrence(db, fields),
    recipient: (occurrence: string, customer: string, fields: { readonly holdout?: boolean } = {}) =>
      insertRecipient(db, { occurrence, customer, ...fields }),
    row: (request: SendRequest) =>
      db
        .selectFrom('deliveries')
        .selectAll()
        .where('send_key', '=', request.sendKey)
        .executeTakeFirstOrThrow(),
  };
}

export type DeliveryShop = Awaited<ReturnType<typeof openDeliveryShop>>;

interface CustomerFields {
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly consents?: readonly ChannelName[];
  readonly timeZone?: string;
  readonly country?: string;
  readonly locale?: string;
  readonly givenName?: string;
  readonly kind?: 'consumer' | 'business';
  readonly isTest?: boolean;
  readonly preferredChannel?: ChannelName;
  readonly quietUntil?: string;
}

async function insertCustomer(db: Database, fields: CustomerFields): Promise<string> {
  const id = newId();
  await db
    .insertInto('customers')
    .values({
      id,
      kind: fields.kind ?? 'consumer',
      locale: fields.locale ?? null,
      given_name: fields.givenName ?? null,
      time_zone: fields.timeZone ?? null,
      time_zone_source: fields.timeZone === undefined ? null : 'stated',
      country: fields.country ?? null,
      is_test: fields.isTest ?? false,
      preferred_channel: fields.preferredChannel ?? null,
      quiet_until: fields.quietUntil ?? null,
      created_at: timestamp(tenOClock),
    })
    .execute();
  const email = fields.email === undefined ? `${id}@example.com` : fields.email;
  if (email !== null) await insertContact(db, id, 'email', email);
  if (fields.phone) await insertContact(db, id, 'phone', fields.phone);
  for (const channel of fields.consents ?? ['email', 'sms']) await sayConsent(db, id, channel, 'granted');
  return id;
}

async function insertContact(db: Database, customer: string, kind: 'email' | 'phone', address: string) {
  await db
    .insertInto('contact_points')
    .values({
      customer_id: customer,
      kind,
      address,
      address_key: address.toLowerCase(),
      occurred_at: timestamp(tenOClock),
    })
    .execute();
}

export async function sayConsent(
  db: Database,
  customer: string,
  channel: ChannelName,
  state: 'granted' | 'withdrawn',
  at: Instant = tenOClock - 24 * hour,
  topic = '',
): Promise<void> {
  await db
    .insertInto('consents')
    .values({
      id: newId(),
      customer_id: customer,
      channel,
      purpose: 'marketing',
      topic,
      state,
      basis: 'test',
      wording: null,
      occurred_at: timestamp(at),
      event_id: newId(),
    })
    .execute();
}

async function insertEnrolment(db: Database, customer: string, journey: string): Promise<string> {
  const id = newId();
  await db
    .insertInto('enrolments')
    .values({
      id,
      journey,
      version: 1,
      key: id,
      entry: 1,
      customer_id: customer,
      opened_at: timestamp(tenOClock),
      opened_by: null,
      due_at: timestamp(tenOClock),
      fact: JSON.stringify({ cart: id }),
      sealed_by: null,
      seal_reason: null,
      exit_reason: null,
    })
    .execute();
  return id;
}

interface OccurrenceFields {
  readonly campaign?: string;
  readonly state?: CampaignState;
  readonly test?: boolean;
  readonly excludesBuyersSince?: Instant;
  readonly launchedAt?: Instant;
}

async function insertOccurrence(db: Database, fields: OccurrenceFields): Promise<string> {
  const id = newId();
  await db
    .insertInto('campaign_occurrences')
    .values({
      id,
      campaign: fields.campaign ?? `campaign-${id}`,
      scheduled_at: timestamp(tenOClock),
      launched_at: timestamp(fields.launchedAt ?? tenOClock),
      state: fields.state ?? 'running',
      is_test: fields.test ?? false,
      excludes_buyers_since:
        fields.excludesBuyersSince === undefined ? null : timestamp(fields.excludesBuyersSince),
      created_at: timestamp(tenOClock),
    })
    .execute();
  return id;
}

async function insertRecipient(
  db: Database,
  place: { readonly occurrence: string; readonly customer: string; readonly holdout?: boolean },
): Promise<string> {
  const id = newId();
  await db
    .insertInto('campaign_recipients')
    .values({
      id,
      occurrence_id: place.occurrence,
      customer_id: place.customer,
      due_at: timestamp(tenOClock),
      variant: null,
      holdout: place.holdout ?? false,
    })
    .execute();
  return id;
}

export function campaignRequestOf(recipient: string, changes: Partial<CampaignSend> = {}): CampaignSend {
  const step = 'reminder#1';
  return {
    sendKey: sendKeyOf(recipient, step),
    recipient,
    step,
    message: 'reminder',
    input: { say: 'Today only' },
    dueAt: tenOClock,
    ...changes,
  };
}

export function requestOf(
  enrolment: string,
  changes: Partial<JourneySend> & { readonly say?: string } = {},
): JourneySend {
  const { say: text = 'Still there', ...others } = changes;
  const step = others.step ?? `${others.message ?? 'reminder'}#1`;
  return {
    sendKey: sendKeyOf(enrolment, step),
    enrolment,
    step,
    message: 'reminder',
    input: { say: text },
    dueAt: tenOClock,
    ...others,
  };
}

export async function sealEnrolment(db: Database, enrolment: string): Promise<void> {
  await db
    .updateTable('enrolments')
    .set({ state: 'sealed', sealed_at: timestamp(tenOClock), seal_reason: 'order.placed' })
    .where('id', '=', enrolment)
    .execute();
}
