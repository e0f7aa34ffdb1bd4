import { sql } from 'kysely';
import type { DatedConnection } from '../../domain/retention.ts';
import { deleteOld } from './delete-old.ts';
import type { Prunable } from './prunable.ts';

/**
 * The keys of receipts that have had their effect; what they said went when they had it. A key keeps a repetition from
 * having an effect, so it stays as long as a repetition would be believed, and for good where no signature has a date.
 */
export function receiptsOf({ connection, believedForMs }: DatedConnection): Prunable {
  return {
    what: `receipts-of-${connection}`,
    period: 'receipts',
    leastMs: believedForMs,
    prunePage: deleteOld({
      table: 'inbox',
      at: 'applied_at',
      only: sql`connection = ${connection} and applied_at is not null`,
    }),
  };
}
