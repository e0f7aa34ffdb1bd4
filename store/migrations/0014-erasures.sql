-- Whose names were erased, and as of when: what is told late about them must not bring them back. A name is kept as a
-- salted hash only, so that nobody can read it here, and nobody can try names without this database.
create table erasures (
  name_hash bytea primary key,
  erased_at timestamptz not null
);
create table erasure_salt (
  salt uuid not null
);
insert into erasure_salt (salt) values (gen_random_uuid());
