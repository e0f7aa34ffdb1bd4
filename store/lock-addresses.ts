import { sql } from 'kysely';
import type { DatabaseTransaction } from './database.ts';

/**
 * Locks addresses until the transaction ends. People who share an address share its caps and suppressions, and the locks
 * of the people do not meet. Whoever needs both takes those of customers first, and each kind in one order, so nobody
 * waits in a circle.
 */
export async function lockAddresses(
  trx: DatabaseTransaction,
  addressKeys: readonly (string | null)[],
): Promise<void> {
  const keys = addressKeys.filter((key) => key !== null);
  if (keys.length === 0) return;
  await sql`
    select pg_advisory_xact_lock(lock)
    from (
      select distinct hashtextextended(key, 0) as lock from unnest(${keys}::text[]) as key order by lock
    ) as in_order
  `.execute(trx);
}
