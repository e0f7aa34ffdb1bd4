import { sql, type RawBuilder } from 'kysely';
import { olderThan, pruneBy, type Prunable } from './prunable.ts';

/** Rows that nothing needs once they are old enough. */
export interface OldRows {
  readonly table: 'inbound' | 'inbox';
  /** The column with the instant from which their age counts. */
  readonly at: string;
  /** Only these of them. Default: all. */
  readonly only?: RawBuilder<unknown>;
}

/** Deletes whole rows, by age alone. */
export function deleteOld({ table, at, only = sql`true` }: OldRows): Prunable['prunePage'] {
  const [rows, since] = [sql.ref(table), sql.ref(at)];
  return (db, page) =>
    pruneBy(
      db,
      {
        old: sql`
          select id, ${since} as at, true as free from ${rows}
          where ${only} and ${olderThan({ at, id: 'id', idType: 'text' }, page)}
          order by ${since}, id
          limit ${page.size}
        `,
        removal: sql`
          delete from ${rows}
          where id in (select id from ${rows} where id in (select id from free_rows) for update skip locked)
          returning id
        `,
      },
      page.dryRun,
    );
}
