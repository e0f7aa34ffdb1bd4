-- What is reckoned from all customers' orders.

create table family_rhythms (
  family text primary key,
  days double precision,
  buyers integer not null,
  reckoned_at timestamptz not null
) with (fillfactor = 80);
comment on table family_rhythms is 'how long customers take between two purchases of a family: reckoned when it is asked for, kept for a week';
comment on column family_rhythms.days is 'the median of the customers'' own medians; null while nobody has bought it twice';

create index variants_by_family on variants ((coalesce(family, variant)));

-- small, and cheap to keep: orders arrive about in the order in which they are placed
create index orders_by_day on orders using brin (placed_at);
