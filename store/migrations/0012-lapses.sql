-- What came due during a pause is left out when whoever ends the pause says so: the pause is over, its lapse is kept.
create table lapses (
  scope text not null check (scope in ('everything', 'journey', 'campaign', 'channel')),
  name text not null,
  paused_at timestamptz not null,
  resumed_at timestamptz not null,
  primary key (scope, name, resumed_at)
);
