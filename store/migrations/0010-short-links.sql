create table short_links (
  code text primary key,
  delivery_id uuid not null,
  url text not null,
  written_at timestamptz not null
);
create index short_links_by_delivery on short_links (delivery_id);
comment on table short_links is 'links in text messages, which are too short to carry their address themselves';
