-- What providers tell us later. A receipt is kept here before its provider is thanked, and takes effect afterwards.

create table inbox (
  -- connection and the provider's own key: the same notice again is the same row
  id text primary key,
  -- the order in which they came
  number bigint generated always as identity,
  connection text not null,
  received_at timestamptz not null,
  -- null once it has taken effect: what a person wrote is kept no longer than needed
  notice jsonb,
  applied_at timestamptz,
  -- what became of it, in machine words
  outcome text,
  attempts integer not null default 0,
  next_attempt_at timestamptz,
  last_error text,
  check ((notice is null) = (applied_at is not null))
);
create index inbox_waiting on inbox (number) where applied_at is null;

-- messages that customers sent us: they open WhatsApp's 24-hour window. Never their words, and nobody we do not know.
create table inbound (
  id text primary key,
  customer_id uuid not null,
  channel text not null check (channel in ('sms', 'whatsapp')),
  address_key text not null,
  at timestamptz not null,
  -- the message that it seems to answer
  delivery_id uuid
);
create index inbound_by_address on inbound (address_key, channel, at desc);
create index inbound_by_customer on inbound (customer_id);

-- `state` says what the provider answered, `arrival` what became of the message after that
alter table deliveries
  add column arrival text check (arrival in ('sent', 'failed', 'delivered', 'read', 'bounced')),
  add column arrival_code text,
  add column delivered_at timestamptz,
  add column read_at timestamptz,
  add column clicked_at timestamptz,
  add column bounced_at timestamptz;
