import { sql } from 'kysely';
import type { DatedConnection } from '../../domain/retention.ts';
import { olderThan, pruneBy, type Prunable } from './prunable.ts';

/**
 * The keys of receipts that have had their effect; what they said went when they had it. A key keeps a repetition from
 * having an effect, so it stays as long as a repetition would be believed, and for good where no signature has a date.
 */
export function receiptsOf({ connection, believedForMs }: DatedConnection): Prunable {
  return {
    what: `receipts-of-${connection}`,
    period: 'receipts',
    leastMs: believedForMs,
    prunePage: (db, page) =>
      pruneBy(
        db,
        {
          old: sql`
            select i.id, i.applied_at as at, true as free from inbox i
            where i.connection = ${connection} and i.applied_at is not null
              and ${olderThan({ at: 'i.applied_at', id: 'i.id', idType: 'text' }, page)}
            order by i.applied_at, i.id
            limit ${page.size}
          `,
          removal: sql`
            delete from inbox
            where id in (select id from inbox where id in (select id from free_rows) for update skip locked)
            returning id
          `,
        },
        page.dryRun,
      ),
  };
}
