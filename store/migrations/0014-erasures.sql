-- Whose names were erased, and as of when: what is told late about them must not bring them back. A name is kept as a
-- salted hash only, so that nobody can read it here, and nobody can try names without this database.
create table erasures (
  name_hash bytea primary key,
  erased_at timestamptz not null
);
-- One row, written with the first erasure.
create table erasure_salt (
  salt uuid not null,
  singleton boolean primary key default true check (singleton)
);
