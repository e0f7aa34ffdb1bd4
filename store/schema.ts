import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Arrival } from '../domain/arrival.ts';
import type { AddressKind, ChannelName } from '../domain/channel-name.ts';
import type { CampaignState, DeliveryState, FailureCode, GateTrace, SkipReason } from '../domain/delivery.ts';
import type { EventName } from '../domain/events/catalogue.ts';
import type { Fact } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import type { DeliveryClass, Purpose } from '../domain/message.ts';
import type { ToldUnits } from '../domain/order-units.ts';
import type { RoutingNote } from '../domain/routing-note.ts';

/** A `timestamptz`: read as epoch milliseconds, written as a Date (see `database.ts`). */
type InstantColumn = ColumnType<Instant, Date, Date>;
type NullableInstantColumn = ColumnType<Instant | null, Date | null | undefined, Date | null>;
/** `jsonb`: written as a JSON text, read parsed. */
type Json<T> = ColumnType<T, string, string>;
type DefaultedJson<T> = ColumnType<T, string | undefined, string>;

export interface Schema {
  customers: CustomersTable;
  customer_identities: { kind: 'external' | 'anonymous'; value: string; customer_id: string };
  customer_dates: { customer_id: string; name: string; on_date: string; occurred_at: InstantColumn };
  contact_points: {
    customer_id: string;
    kind: AddressKind;
    address: string;
    address_key: string;
    state: ColumnType<'valid' | 'invalid', 'valid' | 'invalid' | undefined, 'valid' | 'invalid'>;
    occurred_at: InstantColumn;
  };
  consents: ConsentsTable;
  current_consents: ConsentsTable;
  suppressions: {
    id: string;
    customer_id: string | null;
    address_key: string | null;
    channel: ChannelName | null;
    scope: 'marketing' | 'everything';
    reason: string;
    at: InstantColumn;
    lifted_at: NullableInstantColumn;
  };
  variants: {
    variant: string;
    title: string;
    titles: DefaultedJson<Record<string, string>>;
    price_amount: number | null;
    price_currency: string | null;
    stock: number | null;
    image: string | null;
    url: string | null;
    category: string | null;
    supply_days: number | null;
    /** Null: the variant is its own family. */
    family: string | null;
    age_restricted: Generated<boolean>;
    sensitive: Generated<boolean>;
    removed: Generated<boolean>;
    occurred_at: InstantColumn;
  };
  carts: CartsTable;
  orders: {
    id: string;
    order_id: string;
    customer_id: string | null;
    cart_id: string | null;
    state: 'placed' | 'paid' | 'payment-expired' | 'cancelled' | 'refunded';
    channel: string | null;
    market: string | null;
    total_amount: number | null;
    total_currency: string | null;
    refunded_amount: Generated<number>;
    placed_at: NullableInstantColumn;
    paid_at: NullableInstantColumn;
    due_at: NullableInstantColumn;
    closed_at: NullableInstantColumn;
  };
  order_lines: {
    order_id: string;
    line: number;
    shop_line: string | null;
    variant: string;
    quantity: number;
    refunded_quantity: Generated<number>;
    shipped_quantity: Generated<number>;
    delivered_quantity: Generated<number>;
    returned_quantity: Generated<number>;
    price_amount: number;
    price_currency: string;
    gift: Generated<boolean>;
  };
  shipments: {
    id: string;
    order_id: string;
    shipment_id: string;
    state: ShipmentState;
    lines: ToldLines;
    lines_at: NullableInstantColumn;
    eta: NullableInstantColumn;
    eta_at: NullableInstantColumn;
    shipped_at: InstantColumn;
    delivered_at: NullableInstantColumn;
  };
  returns: {
    id: string;
    order_id: string;
    return_id: string;
    lines: ToldLines;
    lines_at: NullableInstantColumn;
    opened_at: NullableInstantColumn;
    received_at: NullableInstantColumn;
    closed_at: NullableInstantColumn;
  };
  refunds: {
    id: string;
    order_id: string;
    amount: number;
    currency: string;
    lines: ToldLines;
    at: InstantColumn;
  };
  short_links: { code: string; delivery_id: string; url: string; written_at: InstantColumn };
  feedback: { order_id: string; score: number; at: InstantColumn };
  reviews: {
    id: string;
    review_id: string;
    customer_id: string;
    order_id: string | null;
    shop_line: string | null;
    variant: string | null;
    stars: number;
    at: InstantColumn;
  };
  complaints: {
    id: string;
    complaint_id: string;
    customer_id: string;
    topic: string | null;
    opened_at: NullableInstantColumn;
    closed_at: NullableInstantColumn;
  };
  events: {
    id: string;
    type: EventName;
    customer_id: string | null;
    occurred_at: InstantColumn;
    received_at: InstantColumn;
    /** What was sent; null once retention has removed it. */
    envelope: Json<Record<string, unknown>> | null;
    fingerprint: Buffer;
    backfill: Generated<boolean>;
    is_test: Generated<boolean>;
    fact: ColumnType<Fact | null, string | null | undefined, string | null>;
    routing: DefaultedJson<readonly RoutingNote[]>;
  };
  enrolments: {
    id: string;
    journey: string;
    version: number;
    key: string;
    entry: number;
    customer_id: string;
    state: ColumnType<'open' | 'sealed' | 'closed', 'open' | undefined, 'open' | 'sealed' | 'closed'>;
    opened_at: InstantColumn;
    opened_by: string | null;
    due_at: InstantColumn;
    fact: Json<Fact>;
    dispatched_at: NullableInstantColumn;
    sealed_at: NullableInstantColumn;
    sealed_by: string | null;
    seal_reason: string | null;
    exit_reason: string | null;
    exited_at: NullableInstantColumn;
  };
  outbox: {
    id: ColumnType<string, never, never>;
    enrolment_id: string;
    kind: 'start' | 'signal';
    event_id: string | null;
    payload: JSONColumnType<Record<string, unknown>>;
    created_at: InstantColumn;
    attempts: Generated<number>;
    next_attempt_at: NullableInstantColumn;
    parked_at: NullableInstantColumn;
    last_error: string | null;
  };
  campaign_occurrences: {
    id: string;
    campaign: string;
    scheduled_at: InstantColumn;
    launched_at: NullableInstantColumn;
    state: CampaignState;
    /** A test send: it does not count for caps and reports. */
    is_test: Generated<boolean>;
    includes_business: Generated<boolean>;
    /** Who has ordered since then is left out; null when nobody is. */
    excludes_buyers_since: NullableInstantColumn;
    created_at: InstantColumn;
  };
  campaign_recipients: {
    id: string;
    occurrence_id: string;
    customer_id: string;
    due_at: InstantColumn;
    variant: string | null;
    holdout: Generated<boolean>;
    /** After a merge: the other row of the same person, which is the one that counts. */
    duplicate_of: ColumnType<string | null, string | null | undefined, string | null>;
  };
  deliveries: {
    id: string;
    send_key: string;
    /** Of what a journey sends; what a campaign sends has `recipient_id` and `campaign` instead. */
    enrolment_id: string | null;
    recipient_id: string | null;
    customer_id: string;
    journey: string | null;
    version: number | null;
    campaign: string | null;
    step: string;
    message: string;
    purpose: Purpose;
    class: DeliveryClass;
    state: DeliveryState;
    /** Why it was skipped or deferred, or the failure code. */
    reason: SkipReason | FailureCode | null;
    channel: ChannelName | null;
    connection: string | null;
    address_key: string | null;
    allowance: string | null;
    locale: string | null;
    segments: number | null;
    /** An estimate, in millionths of the currency's main unit. */
    cost_micros: ColumnType<number | null, number | null | undefined, number | null>;
    cost_currency: ColumnType<string | null, string | null | undefined, string | null>;
    due_at: InstantColumn;
    useful_until: InstantColumn;
    deferred_until: NullableInstantColumn;
    decided_at: InstantColumn;
    sending_at: NullableInstantColumn;
    settled_at: NullableInstantColumn;
    provider_id: string | null;
    is_test: Generated<boolean>;
    trace: DefaultedJson<readonly GateTrace[]>;
    deferrals: DefaultedJson<readonly Deferral[]>;
    /** What became of it after the provider took it, by later receipts. */
    arrival: Generated<Arrival | null>;
    arrival_code: string | null;
    delivered_at: NullableInstantColumn;
    read_at: NullableInstantColumn;
    clicked_at: NullableInstantColumn;
    bounced_at: NullableInstantColumn;
  };
  inbox: {
    id: string;
    number: ColumnType<number, never, never>;
    connection: string;
    received_at: InstantColumn;
    /** Null once it has taken effect. */
    notice: Json<unknown> | null;
    applied_at: NullableInstantColumn;
    outcome: string | null;
    attempts: Generated<number>;
    next_attempt_at: NullableInstantColumn;
    last_error: string | null;
  };
  inbound: {
    id: string;
    customer_id: string;
    channel: 'sms' | 'whatsapp';
    address_key: string;
    at: InstantColumn;
    delivery_id: string | null;
  };
  delivery_attempts: {
    delivery_id: string;
    attempt: number;
    channel: ChannelName;
    connection: string;
    state: 'sending' | 'accepted' | 'rejected' | 'throttled' | 'ambiguous';
    started_at: InstantColumn;
    /** Wall time, also in a simulation. */
    lease_until: NullableInstantColumn;
    /** Of the words, by `fingerprintOf`. */
    fingerprint: string | null;
    settled_at: NullableInstantColumn;
    provider_id: string | null;
    code: string | null;
    detail: string | null;
  };
  permit_lanes: {
    connection: string;
    /** By the database's own clock, as `first_at` is. */
    next_at: InstantColumn;
    first_at: InstantColumn;
    granted: number;
  };
  look_ups: {
    delivery_id: string;
    asked: Generated<number>;
    next_at: NullableInstantColumn;
    last_asked_at: NullableInstantColumn;
    answer: string | null;
  };
  whatsapp_templates: {
    name: string;
    language: string;
    content_sid: string;
    category: 'marketing' | 'utility';
    status: string;
    /** The text as the provider has it. */
    body: string;
    checked_at: InstantColumn;
  };
  pauses: {
    scope: 'everything' | 'journey' | 'campaign' | 'channel';
    name: string;
    paused_at: InstantColumn;
    reason: string | null;
  };
  erasures: {
    name_hash: Buffer;
    erased_at: InstantColumn;
  };
  erasure_salt: {
    salt: string;
    singleton: Generated<boolean>;
  };
  lapses: {
    scope: 'everything' | 'journey' | 'campaign' | 'channel';
    name: string;
    paused_at: InstantColumn;
    resumed_at: InstantColumn;
  };
  api_keys: {
    id: string;
    name: string;
    prefix: string;
    hash: Buffer;
    created_at: InstantColumn;
    revoked_at: NullableInstantColumn;
  };
  family_rhythms: {
    family: string;
    days: number | null;
    buyers: number;
    reckoned_at: InstantColumn;
  };
  ticks: { journey: string; day: string; ticked_at: InstantColumn };
}

export type ShipmentState = 'created' | 'in-transit' | 'delayed' | 'out-for-delivery' | 'delivered';
type ToldLines = ColumnType<readonly ToldUnits[] | null, string | null | undefined, string | null>;

interface CustomersTable {
  id: string;
  external_id: string | null;
  state: ColumnType<'active' | 'merged' | 'erased', 'active' | undefined, 'active' | 'merged' | 'erased'>;
  merged_into: string | null;
  given_name: string | null;
  family_name: string | null;
  locale: string | null;
  country: string | null;
  region: string | null;
  time_zone: string | null;
  time_zone_source: 'stated' | 'country' | 'shop' | null;
  kind: ColumnType<'consumer' | 'business', 'consumer' | 'business' | undefined, 'consumer' | 'business'>;
  is_test: Generated<boolean>;
  preferred_channel: ChannelName | null;
  quiet_until: string | null;
  field_instants: DefaultedJson<Record<string, Instant>>;
  created_at: InstantColumn;
}

interface ConsentsTable {
  id: string;
  customer_id: string;
  channel: ChannelName;
  purpose: 'marketing';
  /** Empty for all topics. */
  topic: ColumnType<string, string | undefined, string>;
  state: 'granted' | 'withdrawn';
  basis: string;
  wording: string | null;
  night: Generated<boolean>;
  occurred_at: InstantColumn;
  event_id: string;
}

interface CartsTable {
  id: string;
  customer_id: string;
  cart_id: string;
  cycle: number;
  state: ColumnType<
    'open' | 'ordered' | 'emptied' | 'expired',
    'open' | undefined,
    'open' | 'ordered' | 'emptied' | 'expired'
  >;
  items: DefaultedJson<readonly CartItem[]>;
  total_amount: number | null;
  total_currency: string | null;
  url: string | null;
  opened_at: InstantColumn;
  last_activity_at: InstantColumn;
  checkout_at: NullableInstantColumn;
  superseded_at: NullableInstantColumn;
  closed_at: NullableInstantColumn;
}

export interface CartItem {
  readonly variant: string;
  readonly quantity: number;
  readonly price: { readonly amount: number; readonly currency: string };
}

export interface Deferral {
  readonly at: Instant;
  readonly until: Instant;
  readonly reason: SkipReason;
}
