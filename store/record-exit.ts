import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import { type Queryable, timestamp } from './database.ts';

/**
 * Closes an enrolment whose run is over. An enrolment that was sealed before ended because of its seal, whatever its
 * story said last. Called again, it changes nothing.
 *
 * @param exit.reason machine words: the story's own, or the name of the ending event
 */
export async function recordExit(
  db: Queryable,
  exit: { readonly enrolment: string; readonly reason: string; readonly at: Instant },
): Promise<void> {
  await db
    .updateTable('enrolments')
    .set({
      state: 'closed',
      exit_reason: sql<string>`coalesce(seal_reason, ${exit.reason}::text)`,
      exited_at: timestamp(exit.at),
    })
    .where('id', '=', exit.enrolment)
    .where('state', '<>', 'closed')
    .execute();
}
