-- From the order to the doorstep: parcels, returns, refunds, and what customers say about it. As in the first migration, the
-- tables that events write to name each other without foreign keys.

alter table variants add column family text;
alter table variants add column age_restricted boolean not null default false;
alter table variants add column sensitive boolean not null default false;
comment on column variants.family is 'variants that are bought in place of each other; null: the variant is its own family';

alter table orders add column market text;

-- of each line, how many units: a pure function of the order's parcels, returns and refunds, kept because messages ask for it
alter table order_lines add column shipped_quantity integer not null default 0;
alter table order_lines add column delivered_quantity integer not null default 0;
alter table order_lines add column returned_quantity integer not null default 0;
create index order_lines_by_variant on order_lines (variant);

-- a parcel with goods of two orders is two rows. Whose it is stands in the order.
create table shipments (
  id uuid primary key,
  order_id uuid not null,
  shipment_id text not null,
  state text not null check (state in ('created', 'in-transit', 'delayed', 'out-for-delivery', 'delivered')),
  -- as the shop tells it: [{ line?, variant, quantity }]; null: what no other parcel of the order holds
  lines jsonb,
  -- the instant of the word that said so: the newest counts, in whatever order they arrive
  lines_at timestamptz,
  eta timestamptz,
  eta_at timestamptz,
  shipped_at timestamptz not null,
  delivered_at timestamptz,
  unique (order_id, shipment_id)
) with (fillfactor = 80);
comment on column shipments.shipped_at is 'the earliest instant of anything that was told about the parcel';

create table returns (
  id uuid primary key,
  order_id uuid not null,
  return_id text not null,
  -- as for shipments; null: the whole order
  lines jsonb,
  lines_at timestamptz,
  opened_at timestamptz,
  received_at timestamptz,
  closed_at timestamptz,
  unique (order_id, return_id)
) with (fillfactor = 80);

create table refunds (
  id uuid primary key,
  order_id uuid not null,
  amount bigint not null,
  currency text not null,
  -- as for shipments; null: money without goods
  lines jsonb,
  at timestamptz not null
);
create index refunds_by_order on refunds (order_id);

insert into refunds (id, order_id, amount, currency, lines, at)
select gen_random_uuid(), (fact ->> 'order')::uuid, (envelope #>> '{data,amount,amount}')::bigint,
  envelope #>> '{data,amount,currency}', envelope #> '{data,lines}', occurred_at
from events
where type = 'order.refunded' and fact ? 'order' and envelope #>> '{data,amount,amount}' is not null;

-- the newest score of an order
create table feedback (
  order_id uuid primary key,
  score integer not null check (score between 1 and 5),
  at timestamptz not null
);

create table reviews (
  id uuid primary key,
  review_id text not null unique,
  customer_id uuid not null,
  order_id uuid,
  shop_line text,
  variant text,
  stars integer not null check (stars between 1 and 5),
  at timestamptz not null
);
comment on column reviews.review_id is 'the shop''s id, else that of the event; the newest word counts';
create index reviews_by_customer on reviews (customer_id);
create index reviews_by_order on reviews (order_id);

create table complaints (
  id uuid primary key,
  complaint_id text not null unique,
  customer_id uuid not null,
  topic text,
  opened_at timestamptz,
  closed_at timestamptz
);
comment on table complaints is 'open while it was opened and not closed since; a closed ticket that nobody complained about has no opening';
create index complaints_by_customer on complaints (customer_id);
