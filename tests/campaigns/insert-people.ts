import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';

/** So many people with an address who agreed to e-mail. */
export async function insertPeople(db: Database, count: number): Promise<void> {
  await sql`
    with people as (
      insert into customers (id, kind, created_at)
      select gen_random_uuid(), 'consumer', '2026-01-01' from generate_series(1, ${count})
      returning id
    ), points as (
      insert into contact_points (customer_id, kind, address, address_key, occurred_at)
      select id, 'email', id || '@example.com', id || '@example.com', '2026-01-01' from people
    )
    insert into consents (id, customer_id, channel, purpose, topic, state, basis, occurred_at, event_id)
    select gen_random_uuid(), id, 'email', 'marketing', '', 'granted', 'test', '2026-01-01', id from people
  `.execute(db);
}
