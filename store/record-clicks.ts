import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** Somebody has followed a link of a message. */
export interface Click {
  readonly delivery: string;
  readonly at: Instant;
}

/** Writes down the first click of each message. Who clicks has the message, whatever receipts have told so far. */
export async function recordClicks(trx: DatabaseTransaction, clicks: readonly Click[]): Promise<void> {
  if (clicks.length === 0) return;
  const rows = clicks.map(({ delivery, at }) => ({ delivery, at: isoOrNull(at) }));
  await sql`
    with click as (
      select delivery, min(at) as at
      from ${recordSet(rows, 'delivery uuid, at timestamptz')}
      group by delivery
    ), clicked as (
      -- in one order, so that two transactions never wait for each other in a circle
      select d.id, click.at from deliveries d join click on click.delivery = d.id order by d.id for no key update of d
    )
    update deliveries d
    set clicked_at = least(d.clicked_at, clicked.at),
      arrival = case when d.arrival is null or d.arrival in ('sent', 'failed') then 'delivered' else d.arrival end
    from clicked
    where d.id = clicked.id
  `.execute(trx);
}
