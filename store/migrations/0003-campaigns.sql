-- Campaigns: when one goes out, to whom, and the ledger of what was sent for it.

create table campaign_occurrences (
  id uuid primary key,
  campaign text not null,
  scheduled_at timestamptz not null,
  launched_at timestamptz,
  state text not null default 'planned' check (state in ('planned', 'running', 'done', 'cancelled')),
  -- a test send: does not count for caps and reports
  is_test boolean not null default false,
  includes_business boolean not null default false,
  -- who has ordered since then is left out; null when nobody is
  excludes_buyers_since timestamptz,
  created_at timestamptz not null,
  unique (campaign, scheduled_at)
);
comment on table campaign_occurrences is 'one going-out of a campaign; next year''s is another. Only a running one sends.';

-- Written by the hundred thousand, and no occurrence or customer is ever deleted: no foreign keys, as in 0001.
create table campaign_recipients (
  id uuid primary key,
  occurrence_id uuid not null,
  customer_id uuid not null,
  due_at timestamptz not null,
  variant text,
  holdout boolean not null default false,
  -- after a merge: the other row of the same person, which is the one that counts
  duplicate_of uuid,
  unique (occurrence_id, customer_id)
);
create index campaign_recipients_in_order on campaign_recipients (occurrence_id, due_at, id);
create index campaign_recipients_by_customer on campaign_recipients (customer_id);

alter table deliveries alter column enrolment_id drop not null;
alter table deliveries alter column journey drop not null;
alter table deliveries alter column version drop not null;
alter table deliveries add column recipient_id uuid;
alter table deliveries add column campaign text;
alter table deliveries add constraint deliveries_one_origin check (num_nonnulls(enrolment_id, recipient_id) = 1);
alter table deliveries add constraint deliveries_named_origin check (
  case when recipient_id is null then journey is not null and version is not null and campaign is null
  else campaign is not null and journey is null and version is null end
);
drop index deliveries_by_enrolment;
create index deliveries_by_enrolment on deliveries (enrolment_id) where enrolment_id is not null;
create index deliveries_by_recipient on deliveries (recipient_id) where recipient_id is not null;

-- Rows are written by the thousand while a campaign is under way. None that they name is ever deleted, and checking it was
-- a part of each of their insertions; a row that is answered changes, and has room for that on its page.
alter table deliveries drop constraint deliveries_enrolment_id_fkey;
alter table deliveries drop constraint deliveries_customer_id_fkey;
alter table delivery_attempts drop constraint delivery_attempts_delivery_id_fkey;
alter table deliveries set (fillfactor = 50);
alter table delivery_attempts set (fillfactor = 50);

alter table pauses drop constraint pauses_scope_check;
alter table pauses add constraint pauses_scope_check check (scope in ('everything', 'journey', 'campaign', 'channel'));
