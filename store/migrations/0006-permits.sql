-- Exact rate limits, and what is still asked about requests whose outcome nobody knows.

-- One row for each connection that has a limit. It changes with every batch and is read by nobody else.
create table permit_lanes (
  connection text primary key,
  -- of the next permit; by this server's clock, since it is the only one that all workers share
  next_at timestamptz not null,
  -- of what was granted last: a statement can give back what it wrote and not what it read
  first_at timestamptz not null,
  granted integer not null
);

-- Small: a row leaves when its delivery is settled.
create table look_ups (
  delivery_id uuid primary key,
  -- how often the provider was asked
  asked integer not null default 0,
  -- null when there is nothing left to ask; a receipt may still settle it
  next_at timestamptz,
  last_asked_at timestamptz,
  -- what came of it, in machine words
  answer text
);
create index look_ups_due on look_ups (next_at) where next_at is not null;

-- Attempts whose worker is gone are found by their lease, which never changes: the narrow index costs a row nothing.
create index delivery_attempts_by_lease on delivery_attempts using brin (lease_until) with (autosummarize = on);
create index deliveries_waiting on deliveries (deferred_until) where deferred_until is not null;

-- `keyed`: may be asked for again under the same key as long as its provider remembers it
alter table deliveries drop constraint deliveries_class_check;
alter table deliveries add constraint deliveries_class_check check (class in ('once', 'must', 'keyed'));
