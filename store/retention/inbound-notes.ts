import { sql } from 'kysely';
import { olderThan, pruneBy, type Prunable } from './prunable.ts';

/** Twice the 24 hours in which WhatsApp may be answered freely. */
const leastMs = 2 * 24 * 3_600_000;

/** That somebody wrote, from which number and when. Opt-outs are not in here: they are consents and suppressions. */
export const inboundNotes: Prunable = {
  what: 'inbound-notes',
  period: 'replies',
  leastMs,
  prunePage: (db, page) =>
    pruneBy(
      db,
      {
        old: sql`
          select i.id, i.at, true as free from inbound i
          where ${olderThan({ at: 'i.at', id: 'i.id', idType: 'text' }, page)}
          order by i.at, i.id
          limit ${page.size}
        `,
        removal: sql`
          delete from inbound
          where id in (select id from inbound where id in (select id from free_rows) for update skip locked)
          returning id
        `,
      },
      page.dryRun,
    ),
};
