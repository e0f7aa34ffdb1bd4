-- Customers, what they allow, what they put into carts and order, the events that say so,
-- the journeys they pass through and what was sent to them.

create table customers (
  id uuid primary key,
  external_id text unique,
  state text not null default 'active' check (state in ('active', 'merged', 'erased')),
  merged_into uuid references customers (id),
  given_name text,
  family_name text,
  locale text,
  country text,
  region text,
  time_zone text,
  time_zone_source text check (time_zone_source in ('stated', 'country', 'shop')),
  kind text not null default 'consumer' check (kind in ('consumer', 'business')),
  is_test boolean not null default false,
  preferred_channel text,
  quiet_until date,
  -- by field, the instant (epoch ms) of the event that set it: a late event does not undo a newer one
  field_instants jsonb not null default '{}',
  created_at timestamptz not null
) with (fillfactor = 80);
comment on column customers.external_id is 'the shop''s id; may be an e-mail address, so it never leaves the database';

-- Customers are merged and erased, and no row that an event wrote is ever deleted. The tables that events write to therefore
-- name each other without foreign keys: checking them was a third of intake's time in the database.

-- every name under which the shop knows a customer; merge re-points them
create table customer_identities (
  kind text not null check (kind in ('external', 'anonymous')),
  value text not null,
  customer_id uuid not null,
  primary key (kind, value)
);
create index customer_identities_by_customer on customer_identities (customer_id);

create table customer_dates (
  customer_id uuid not null references customers (id),
  name text not null,
  on_date date not null,
  occurred_at timestamptz not null,
  primary key (customer_id, name)
);
create index customer_dates_by_name on customer_dates (name, on_date);

create table contact_points (
  customer_id uuid not null,
  kind text not null check (kind in ('email', 'phone')),
  address text not null,
  -- lower case, or E.164: suppressions and caps hold per address as well as per person
  address_key text not null,
  state text not null default 'valid' check (state in ('valid', 'invalid')),
  occurred_at timestamptz not null,
  primary key (customer_id, kind)
);
create index contact_points_by_address on contact_points (address_key);

create table consents (
  id uuid primary key,
  customer_id uuid not null references customers (id),
  channel text not null check (channel in ('email', 'sms', 'whatsapp')),
  purpose text not null check (purpose in ('marketing')),
  topic text not null default '',
  state text not null check (state in ('granted', 'withdrawn')),
  basis text not null,
  wording text,
  night boolean not null default false,
  occurred_at timestamptz not null,
  event_id text not null
);
comment on table consents is 'append-only: the proof of every consent and withdrawal';
create index consents_by_customer on consents (customer_id, channel, purpose, topic, occurred_at desc);

create view current_consents as
select distinct on (customer_id, channel, purpose, topic)
  customer_id, channel, purpose, topic, state, night, basis, occurred_at, event_id
from consents
order by customer_id, channel, purpose, topic, occurred_at desc, (state = 'withdrawn') desc;
comment on view current_consents is 'the latest word per channel, purpose and topic; at the same instant the withdrawal wins';

create table suppressions (
  id uuid primary key,
  customer_id uuid references customers (id),
  address_key text,
  channel text check (channel in ('email', 'sms', 'whatsapp')),
  scope text not null check (scope in ('marketing', 'everything')),
  reason text not null,
  at timestamptz not null,
  lifted_at timestamptz,
  check (customer_id is not null or address_key is not null)
);
create index suppressions_by_customer on suppressions (customer_id);
create index suppressions_by_address on suppressions (address_key);

create table variants (
  variant text primary key,
  title text not null,
  titles jsonb not null default '{}',
  price_amount bigint,
  price_currency text,
  stock integer,
  image text,
  url text,
  category text,
  supply_days integer,
  removed boolean not null default false,
  occurred_at timestamptz not null
);
comment on column variants.stock is 'units left; null when the shop does not count';

-- one row per cart cycle; shops reuse cart ids. Rows that change with every event keep room on their page, so that a change
-- stays there and its indexes need not follow.
create table carts (
  id uuid primary key,
  customer_id uuid not null,
  cart_id text not null,
  cycle integer not null,
  state text not null default 'open' check (state in ('open', 'ordered', 'emptied', 'expired')),
  items jsonb not null default '[]',
  total_amount bigint,
  total_currency text,
  url text,
  opened_at timestamptz not null,
  last_activity_at timestamptz not null,
  checkout_at timestamptz,
  superseded_at timestamptz,
  closed_at timestamptz,
  unique (cart_id, cycle)
) with (fillfactor = 70);
-- without the instant of the last activity: each event moves it, and an index over it would have to follow
create index carts_by_customer on carts (customer_id);

create table orders (
  id uuid primary key,
  order_id text not null unique,
  customer_id uuid,
  cart_id uuid,
  state text not null check (state in ('placed', 'paid', 'payment-expired', 'cancelled', 'refunded')),
  channel text,
  total_amount bigint,
  total_currency text,
  refunded_amount bigint not null default 0,
  placed_at timestamptz,
  paid_at timestamptz,
  due_at timestamptz,
  closed_at timestamptz
);
create index orders_by_customer on orders (customer_id, placed_at desc);

create table order_lines (
  order_id uuid not null,
  line integer not null,
  shop_line text,
  variant text not null,
  quantity integer not null,
  refunded_quantity integer not null default 0,
  price_amount bigint not null,
  price_currency text not null,
  gift boolean not null default false,
  primary key (order_id, line)
);

create table events (
  id text primary key,
  type text not null,
  customer_id uuid,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  envelope jsonb not null,
  fingerprint bytea not null,
  backfill boolean not null default false,
  is_test boolean not null default false,
  -- the fact as it stood after the event: opaque ids only; null when it was about nobody we know
  fact jsonb,
  -- what became of it, by journey: opened, sealed, woken, or why not; `explain` reads it
  routing jsonb not null default '[]'
);
create index events_by_customer on events (customer_id, occurred_at);

create table enrolments (
  id uuid primary key,
  journey text not null,
  version integer not null,
  key text not null,
  entry integer not null,
  customer_id uuid not null,
  state text not null default 'open' check (state in ('open', 'sealed', 'closed')),
  opened_at timestamptz not null,
  opened_by text,
  due_at timestamptz not null,
  fact jsonb not null,
  dispatched_at timestamptz,
  sealed_at timestamptz,
  sealed_by text,
  seal_reason text,
  exit_reason text,
  exited_at timestamptz,
  unique (journey, key, entry)
) with (fillfactor = 80);
create index enrolments_by_customer on enrolments (customer_id, journey);

create table outbox (
  id bigint generated always as identity primary key,
  enrolment_id uuid not null,
  kind text not null check (kind in ('start', 'signal')),
  event_id text,
  payload jsonb not null,
  created_at timestamptz not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  parked_at timestamptz,
  last_error text
);
create index outbox_by_enrolment on outbox (enrolment_id, id);

-- the send ledger
create table deliveries (
  id uuid primary key,
  send_key text not null unique,
  enrolment_id uuid not null references enrolments (id),
  customer_id uuid not null references customers (id),
  journey text not null,
  version integer not null,
  step text not null,
  message text not null,
  purpose text not null check (purpose in ('marketing', 'transactional', 'legal')),
  class text not null check (class in ('once', 'must')),
  state text not null check (state in ('deferred', 'skipped', 'sending', 'accepted', 'failed', 'unknown')),
  reason text,
  channel text,
  connection text,
  address_key text,
  allowance text,
  locale text,
  segments integer,
  due_at timestamptz not null,
  useful_until timestamptz not null,
  deferred_until timestamptz,
  decided_at timestamptz not null,
  sending_at timestamptz,
  settled_at timestamptz,
  provider_id text,
  is_test boolean not null default false,
  -- every gate with the value it saw when it was last judged
  trace jsonb not null default '[]',
  -- earlier judgements that deferred it: [{ at, until, reason }]
  deferrals jsonb not null default '[]'
);
create index deliveries_by_customer on deliveries (customer_id, sending_at desc);
create index deliveries_by_address on deliveries (address_key, sending_at desc);
create index deliveries_by_enrolment on deliveries (enrolment_id);

create table delivery_attempts (
  delivery_id uuid not null references deliveries (id),
  attempt integer not null,
  channel text not null,
  connection text not null,
  state text not null check (state in ('sending', 'accepted', 'rejected', 'throttled', 'ambiguous')),
  started_at timestamptz not null,
  settled_at timestamptz,
  provider_id text,
  code text,
  detail text,
  primary key (delivery_id, attempt)
);

create table pauses (
  scope text not null check (scope in ('everything', 'journey', 'channel')),
  name text not null,
  paused_at timestamptz not null,
  reason text,
  primary key (scope, name)
);

create table api_keys (
  id uuid primary key,
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  created_at timestamptz not null,
  revoked_at timestamptz
);

-- dates and daily questions that the ticker has already asked, so that a restart does not ask twice
create table ticks (
  journey text not null,
  day date not null,
  ticked_at timestamptz not null,
  primary key (journey, day)
);
