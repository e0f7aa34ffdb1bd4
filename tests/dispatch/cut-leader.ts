import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';

/** Cuts the leader's connection, as a failing network would. @returns how many connections were cut. */
export async function cutLeader(db: Database): Promise<number> {
  const { rows } = await sql`
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where datname = current_database() and application_name = 'perennial dispatcher'`.execute(db);
  return rows.length;
}
