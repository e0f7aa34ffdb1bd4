create table api_keys (
  id uuid not null,
  name text not null,
  prefix text not null,
  hash bytea not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint api_keys_pkey PRIMARY KEY (id),
  constraint api_keys_hash_key UNIQUE (hash)
);

create table campaign_occurrences (
  id uuid not null,
  campaign text not null,
  scheduled_at timestamp with time zone not null,
  launched_at timestamp with time zone,
  state text not null,
  is_test boolean not null default false,
  includes_business boolean not null default false,
  excludes_buyers_since timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint campaign_occurrences_pkey PRIMARY KEY (id),
  constraint campaign_occurrences_campaign_scheduled_at_key UNIQUE (campaign, scheduled_at),
  constraint campaign_occurrences_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'cancelled'::text])))
);
comment on table campaign_occurrences is 'one going-out of a campaign; next year''s is another. Only a running one sends.';

create table campaign_recipients (
  id uuid not null,
  occurrence_id uuid not null,
  customer_id uuid not null,
  due_at timestamp with time zone not null,
  variant text,
  holdout boolean not null default false,
  duplicate_of uuid,
  constraint campaign_recipients_pkey PRIMARY KEY (id),
  constraint campaign_recipients_occurrence_id_customer_id_key UNIQUE (occurrence_id, customer_id)
);
CREATE INDEX campaign_recipients_by_customer ON campaign_recipients USING btree (customer_id);
CREATE INDEX campaign_recipients_in_order ON campaign_recipients USING btree (occurrence_id, due_at, id);

create table carts (
  id uuid not null,
  customer_id uuid not null,
  cart_id text not null,
  cycle integer not null,
  state text not null default 'open'::text,
  items jsonb not null default '[]'::jsonb,
  total_amount bigint,
  total_currency text,
  url text,
  opened_at timestamp with time zone not null,
  last_activity_at timestamp with time zone not null,
  checkout_at timestamp with time zone,
  superseded_at timestamp with time zone,
  closed_at timestamp with time zone,
  constraint carts_pkey PRIMARY KEY (id),
  constraint carts_cart_id_cycle_key UNIQUE (cart_id, cycle),
  constraint carts_state_check CHECK ((state = ANY (ARRAY['open'::text, 'ordered'::text, 'emptied'::text, 'expired'::text])))
) with (fillfactor=70);
CREATE INDEX carts_by_customer ON carts USING btree (customer_id);

create table complaints (
  id uuid not null,
  complaint_id text not null,
  customer_id uuid not null,
  topic text,
  opened_at timestamp with time zone,
  closed_at timestamp with time zone,
  constraint complaints_pkey PRIMARY KEY (id),
  constraint complaints_complaint_id_key UNIQUE (complaint_id)
);
comment on table complaints is 'open while it was opened and not closed since; a closed ticket that nobody complained about has no opening';
CREATE INDEX complaints_by_customer ON complaints USING btree (customer_id);

create table consents (
  id uuid not null,
  customer_id uuid not null,
  channel text not null,
  purpose text not null,
  topic text not null default ''::text,
  state text not null,
  basis text not null,
  wording text,
  night boolean not null default false,
  occurred_at timestamp with time zone not null,
  event_id text not null,
  constraint consents_pkey PRIMARY KEY (id),
  constraint consents_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
  constraint consents_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text, 'whatsapp'::text]))),
  constraint consents_purpose_check CHECK ((purpose = 'marketing'::text)),
  constraint consents_state_check CHECK ((state = ANY (ARRAY['granted'::text, 'withdrawn'::text])))
);
comment on table consents is 'append-only: the proof of every consent and withdrawal';
CREATE INDEX consents_by_customer ON consents USING btree (customer_id, channel, purpose, topic, occurred_at DESC);

create table contact_points (
  customer_id uuid not null,
  kind text not null,
  address text not null,
  address_key text not null,
  state text not null default 'valid'::text,
  occurred_at timestamp with time zone not null,
  constraint contact_points_pkey PRIMARY KEY (customer_id, kind),
  constraint contact_points_kind_check CHECK ((kind = ANY (ARRAY['email'::text, 'phone'::text]))),
  constraint contact_points_state_check CHECK ((state = ANY (ARRAY['valid'::text, 'invalid'::text])))
);
CREATE INDEX contact_points_by_address ON contact_points USING btree (address_key);

create table customer_dates (
  customer_id uuid not null,
  name text not null,
  on_date date not null,
  occurred_at timestamp with time zone not null,
  constraint customer_dates_pkey PRIMARY KEY (customer_id, name),
  constraint customer_dates_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id)
);
CREATE INDEX customer_dates_by_name ON customer_dates USING btree (name, on_date);

create table customer_identities (
  kind text not null,
  value text not null,
  customer_id uuid not null,
  constraint customer_identities_pkey PRIMARY KEY (kind, value),
  constraint customer_identities_kind_check CHECK ((kind = ANY (ARRAY['external'::text, 'anonymous'::text])))
);
CREATE INDEX customer_identities_by_customer ON customer_identities USING btree (customer_id);

create table customers (
  id uuid not null,
  external_id text,
  state text not null default 'active'::text,
  merged_into uuid,
  given_name text,
  family_name text,
  locale text,
  country text,
  region text,
  time_zone text,
  time_zone_source text,
  kind text not null default 'consumer'::text,
  is_test boolean not null default false,
  preferred_channel text,
  quiet_until date,
  field_instants jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null,
  constraint customers_pkey PRIMARY KEY (id),
  constraint customers_external_id_key UNIQUE (external_id),
  constraint customers_merged_into_fkey FOREIGN KEY (merged_into) REFERENCES customers(id),
  constraint customers_kind_check CHECK ((kind = ANY (ARRAY['consumer'::text, 'business'::text]))),
  constraint customers_state_check CHECK ((state = ANY (ARRAY['active'::text, 'merged'::text, 'erased'::text]))),
  constraint customers_time_zone_source_check CHECK ((time_zone_source = ANY (ARRAY['stated'::text, 'country'::text, 'shop'::text])))
) with (fillfactor=80);
CREATE INDEX customers_test ON customers USING btree (id) WHERE is_test;

create table deliveries (
  id uuid not null,
  send_key text not null,
  enrolment_id uuid,
  customer_id uuid not null,
  journey text,
  version integer,
  step text not null,
  message text not null,
  purpose text not null,
  class text not null,
  state text not null,
  reason text,
  channel text,
  connection text,
  address_key text,
  allowance text,
  locale text,
  segments integer,
  due_at timestamp with time zone not null,
  useful_until timestamp with time zone not null,
  deferred_until timestamp with time zone,
  decided_at timestamp with time zone not null,
  sending_at timestamp with time zone,
  settled_at timestamp with time zone,
  provider_id text,
  is_test boolean not null default false,
  trace jsonb not null default '[]'::jsonb,
  deferrals jsonb not null default '[]'::jsonb,
  recipient_id uuid,
  campaign text,
  arrival text,
  arrival_code text,
  delivered_at timestamp with time zone,
  read_at timestamp with time zone,
  clicked_at timestamp with time zone,
  bounced_at timestamp with time zone,
  cost_micros bigint,
  cost_currency text,
  constraint deliveries_pkey PRIMARY KEY (id),
  constraint deliveries_send_key_key UNIQUE (send_key),
  constraint deliveries_arrival_check CHECK ((arrival = ANY (ARRAY['sent'::text, 'failed'::text, 'delivered'::text, 'read'::text, 'bounced'::text]))),
  constraint deliveries_class_check CHECK ((class = ANY (ARRAY['once'::text, 'must'::text, 'keyed'::text]))),
  constraint deliveries_named_origin CHECK (
CASE
    WHEN (recipient_id IS NULL) THEN ((journey IS NOT NULL) AND (version IS NOT NULL) AND (campaign IS NULL))
    ELSE ((campaign IS NOT NULL) AND (journey IS NULL) AND (version IS NULL))
END),
  constraint deliveries_one_origin CHECK ((num_nonnulls(enrolment_id, recipient_id) = 1)),
  constraint deliveries_purpose_check CHECK ((purpose = ANY (ARRAY['marketing'::text, 'transactional'::text, 'legal'::text]))),
  constraint deliveries_state_check CHECK ((state = ANY (ARRAY['deferred'::text, 'skipped'::text, 'sending'::text, 'accepted'::text, 'failed'::text, 'unknown'::text])))
) with (fillfactor=50);
CREATE INDEX deliveries_by_address ON deliveries USING btree (address_key, sending_at DESC);
CREATE INDEX deliveries_by_customer ON deliveries USING btree (customer_id, sending_at DESC);
CREATE INDEX deliveries_by_enrolment ON deliveries USING btree (enrolment_id) WHERE (enrolment_id IS NOT NULL);
CREATE INDEX deliveries_by_recipient ON deliveries USING btree (recipient_id) WHERE (recipient_id IS NOT NULL);
CREATE INDEX deliveries_clicked ON deliveries USING btree (customer_id, clicked_at) WHERE (clicked_at IS NOT NULL);
CREATE INDEX deliveries_waiting ON deliveries USING btree (deferred_until) WHERE (deferred_until IS NOT NULL);
CREATE INDEX deliveries_with_trace ON deliveries USING btree (decided_at) WHERE (trace <> '[]'::jsonb);

create table delivery_attempts (
  delivery_id uuid not null,
  attempt integer not null,
  channel text not null,
  connection text not null,
  state text not null,
  started_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  provider_id text,
  code text,
  detail text,
  lease_until timestamp with time zone,
  fingerprint text,
  constraint delivery_attempts_pkey PRIMARY KEY (delivery_id, attempt),
  constraint delivery_attempts_state_check CHECK ((state = ANY (ARRAY['sending'::text, 'accepted'::text, 'rejected'::text, 'throttled'::text, 'ambiguous'::text])))
) with (fillfactor=50);
CREATE INDEX delivery_attempts_by_lease ON delivery_attempts USING brin (lease_until) WITH (autosummarize='on');

create table enrolments (
  id uuid not null,
  journey text not null,
  version integer not null,
  key text not null,
  entry integer not null,
  customer_id uuid not null,
  state text not null default 'open'::text,
  opened_at timestamp with time zone not null,
  opened_by text,
  due_at timestamp with time zone not null,
  fact jsonb not null,
  dispatched_at timestamp with time zone,
  sealed_at timestamp with time zone,
  sealed_by text,
  seal_reason text,
  exit_reason text,
  exited_at timestamp with time zone,
  constraint enrolments_pkey PRIMARY KEY (id),
  constraint enrolments_journey_key_entry_key UNIQUE (journey, key, entry),
  constraint enrolments_state_check CHECK ((state = ANY (ARRAY['open'::text, 'sealed'::text, 'closed'::text])))
) with (fillfactor=80);
CREATE INDEX enrolments_by_customer ON enrolments USING btree (customer_id, journey);
CREATE INDEX enrolments_by_opening ON enrolments USING brin (opened_at) WITH (autosummarize='on');

create table erasure_salt (
  salt uuid not null,
  singleton boolean not null default true,
  constraint erasure_salt_pkey PRIMARY KEY (singleton),
  constraint erasure_salt_singleton_check CHECK (singleton)
);

create table erasures (
  name_hash bytea not null,
  erased_at timestamp with time zone not null,
  constraint erasures_pkey PRIMARY KEY (name_hash)
);

create table events (
  id text not null,
  type text not null,
  customer_id uuid,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  envelope jsonb,
  fingerprint bytea not null,
  backfill boolean not null default false,
  is_test boolean not null default false,
  fact jsonb,
  routing jsonb not null default '[]'::jsonb,
  constraint events_pkey PRIMARY KEY (id)
);
CREATE INDEX events_by_customer ON events USING btree (customer_id, occurred_at);
CREATE INDEX events_with_reply ON events USING btree (received_at) WHERE ((envelope IS NOT NULL) AND (type = 'message.replied'::text));
CREATE INDEX events_with_words ON events USING btree (received_at) WHERE ((envelope IS NOT NULL) AND (type <> 'consent.changed'::text) AND (type <> 'message.replied'::text));

create table family_rhythms (
  family text not null,
  days double precision,
  buyers integer not null,
  reckoned_at timestamp with time zone not null,
  constraint family_rhythms_pkey PRIMARY KEY (family)
) with (fillfactor=80);
comment on table family_rhythms is 'how long customers take between two purchases of a family: reckoned when it is asked for, kept for a week';

create table feedback (
  order_id uuid not null,
  score integer not null,
  at timestamp with time zone not null,
  constraint feedback_pkey PRIMARY KEY (order_id),
  constraint feedback_score_check CHECK (((score >= 1) AND (score <= 5)))
);

create table inbound (
  id text not null,
  customer_id uuid not null,
  channel text not null,
  address_key text not null,
  at timestamp with time zone not null,
  delivery_id uuid,
  constraint inbound_pkey PRIMARY KEY (id),
  constraint inbound_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'whatsapp'::text])))
);
CREATE INDEX inbound_by_address ON inbound USING btree (address_key, channel, at DESC);
CREATE INDEX inbound_by_customer ON inbound USING btree (customer_id);
CREATE INDEX inbound_by_time ON inbound USING btree (at);

create table inbox (
  id text not null,
  number bigint generated always as identity not null,
  connection text not null,
  received_at timestamp with time zone not null,
  notice jsonb,
  applied_at timestamp with time zone,
  outcome text,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone,
  last_error text,
  constraint inbox_pkey PRIMARY KEY (id),
  constraint inbox_check CHECK (((notice IS NULL) = (applied_at IS NOT NULL)))
);
CREATE INDEX inbox_applied ON inbox USING btree (connection, applied_at) WHERE (applied_at IS NOT NULL);
CREATE INDEX inbox_waiting ON inbox USING btree (number) WHERE (applied_at IS NULL);

create table lapses (
  scope text not null,
  name text not null,
  paused_at timestamp with time zone not null,
  resumed_at timestamp with time zone not null,
  constraint lapses_pkey PRIMARY KEY (scope, name, resumed_at),
  constraint lapses_scope_check CHECK ((scope = ANY (ARRAY['everything'::text, 'journey'::text, 'campaign'::text, 'channel'::text])))
);

create table look_ups (
  delivery_id uuid not null,
  asked integer not null default 0,
  next_at timestamp with time zone,
  last_asked_at timestamp with time zone,
  answer text,
  constraint look_ups_pkey PRIMARY KEY (delivery_id)
);
CREATE INDEX look_ups_due ON look_ups USING btree (next_at) WHERE (next_at IS NOT NULL);

create table migrations (
  name text not null,
  applied_at timestamp with time zone not null,
  constraint migrations_pkey PRIMARY KEY (name)
);

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
  shipped_quantity integer not null default 0,
  delivered_quantity integer not null default 0,
  returned_quantity integer not null default 0,
  constraint order_lines_pkey PRIMARY KEY (order_id, line)
);
CREATE INDEX order_lines_by_variant ON order_lines USING btree (variant);

create table orders (
  id uuid not null,
  order_id text not null,
  customer_id uuid,
  cart_id uuid,
  state text not null,
  channel text,
  total_amount bigint,
  total_currency text,
  refunded_amount bigint not null default 0,
  placed_at timestamp with time zone,
  paid_at timestamp with time zone,
  due_at timestamp with time zone,
  closed_at timestamp with time zone,
  market text,
  constraint orders_pkey PRIMARY KEY (id),
  constraint orders_order_id_key UNIQUE (order_id),
  constraint orders_state_check CHECK ((state = ANY (ARRAY['placed'::text, 'paid'::text, 'payment-expired'::text, 'cancelled'::text, 'refunded'::text])))
);
CREATE INDEX orders_by_customer ON orders USING btree (customer_id, placed_at DESC);
CREATE INDEX orders_by_day ON orders USING brin (placed_at);

create table outbox (
  id bigint generated always as identity not null,
  enrolment_id uuid not null,
  kind text not null,
  event_id text,
  payload jsonb not null,
  created_at timestamp with time zone not null,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone,
  parked_at timestamp with time zone,
  last_error text,
  constraint outbox_pkey PRIMARY KEY (id),
  constraint outbox_kind_check CHECK ((kind = ANY (ARRAY['start'::text, 'signal'::text])))
);
CREATE INDEX outbox_by_enrolment ON outbox USING btree (enrolment_id, id);

create table pauses (
  scope text not null,
  name text not null,
  paused_at timestamp with time zone not null,
  reason text,
  constraint pauses_pkey PRIMARY KEY (scope, name),
  constraint pauses_scope_check CHECK ((scope = ANY (ARRAY['everything'::text, 'journey'::text, 'campaign'::text, 'channel'::text])))
);

create table permit_lanes (
  connection text not null,
  next_at timestamp with time zone not null,
  first_at timestamp with time zone not null,
  granted integer not null,
  constraint permit_lanes_pkey PRIMARY KEY (connection)
);

create table refunds (
  id uuid not null,
  order_id uuid not null,
  amount bigint not null,
  currency text not null,
  lines jsonb,
  at timestamp with time zone not null,
  constraint refunds_pkey PRIMARY KEY (id)
);
CREATE INDEX refunds_by_order ON refunds USING btree (order_id);

create table returns (
  id uuid not null,
  order_id uuid not null,
  return_id text not null,
  lines jsonb,
  lines_at timestamp with time zone,
  opened_at timestamp with time zone,
  received_at timestamp with time zone,
  closed_at timestamp with time zone,
  constraint returns_pkey PRIMARY KEY (id),
  constraint returns_order_id_return_id_key UNIQUE (order_id, return_id)
) with (fillfactor=80);

create table reviews (
  id uuid not null,
  review_id text not null,
  customer_id uuid not null,
  order_id uuid,
  shop_line text,
  variant text,
  stars integer not null,
  at timestamp with time zone not null,
  constraint reviews_pkey PRIMARY KEY (id),
  constraint reviews_review_id_key UNIQUE (review_id),
  constraint reviews_stars_check CHECK (((stars >= 1) AND (stars <= 5)))
);
CREATE INDEX reviews_by_customer ON reviews USING btree (customer_id);
CREATE INDEX reviews_by_order ON reviews USING btree (order_id);

create table shipments (
  id uuid not null,
  order_id uuid not null,
  shipment_id text not null,
  state text not null,
  lines jsonb,
  lines_at timestamp with time zone,
  eta timestamp with time zone,
  eta_at timestamp with time zone,
  shipped_at timestamp with time zone not null,
  delivered_at timestamp with time zone,
  constraint shipments_pkey PRIMARY KEY (id),
  constraint shipments_order_id_shipment_id_key UNIQUE (order_id, shipment_id),
  constraint shipments_state_check CHECK ((state = ANY (ARRAY['created'::text, 'in-transit'::text, 'delayed'::text, 'out-for-delivery'::text, 'delivered'::text])))
) with (fillfactor=80);

create table short_links (
  code text not null,
  delivery_id uuid not null,
  url text not null,
  written_at timestamp with time zone not null,
  constraint short_links_pkey PRIMARY KEY (code)
);
comment on table short_links is 'links in text messages, which are too short to carry their address themselves';
CREATE INDEX short_links_by_delivery ON short_links USING btree (delivery_id);

create table suppressions (
  id uuid not null,
  customer_id uuid,
  address_key text,
  channel text,
  scope text not null,
  reason text not null,
  at timestamp with time zone not null,
  lifted_at timestamp with time zone,
  constraint suppressions_pkey PRIMARY KEY (id),
  constraint suppressions_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(id),
  constraint suppressions_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'sms'::text, 'whatsapp'::text]))),
  constraint suppressions_check CHECK (((customer_id IS NOT NULL) OR (address_key IS NOT NULL))),
  constraint suppressions_scope_check CHECK ((scope = ANY (ARRAY['marketing'::text, 'everything'::text])))
);
CREATE INDEX suppressions_by_address ON suppressions USING btree (address_key);
CREATE INDEX suppressions_by_customer ON suppressions USING btree (customer_id);

create table ticks (
  journey text not null,
  day date not null,
  ticked_at timestamp with time zone not null,
  constraint ticks_pkey PRIMARY KEY (journey, day)
);

create table variants (
  variant text not null,
  title text not null,
  titles jsonb not null default '{}'::jsonb,
  price_amount bigint,
  price_currency text,
  stock integer,
  image text,
  url text,
  category text,
  supply_days integer,
  removed boolean not null default false,
  occurred_at timestamp with time zone not null,
  family text,
  age_restricted boolean not null default false,
  sensitive boolean not null default false,
  constraint variants_pkey PRIMARY KEY (variant)
);
CREATE INDEX variants_by_family ON variants USING btree (COALESCE(family, variant));

create table whatsapp_templates (
  name text not null,
  language text not null,
  content_sid text not null,
  category text not null,
  status text not null,
  body text not null,
  checked_at timestamp with time zone not null,
  constraint whatsapp_templates_pkey PRIMARY KEY (name, language),
  constraint whatsapp_templates_category_check CHECK ((category = ANY (ARRAY['marketing'::text, 'utility'::text])))
);

-- view current_consents (customer_id uuid, channel text, purpose text, topic text, state text, night boolean, basis text, occurred_at timestamp with time zone, event_id text)
comment on view current_consents is 'the latest word per channel, purpose and topic; at the same instant the withdrawal wins';
