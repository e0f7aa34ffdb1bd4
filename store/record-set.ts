import { sql, type RawBuilder } from 'kysely';
import { toIso } from '../domain/instant.ts';

/**
 * Rows as one parameter, to be read like a table: `select … from ${recordSet(rows, 'id uuid, at timestamptz')}`.
 * One statement for a thousand rows, whatever their number, with every column typed.
 *
 * @param columns names and types; the names are the keys of the rows. Written by us, never by a caller's data.
 */
export function recordSet<Row extends object>(rows: readonly Row[], columns: string): RawBuilder<Row> {
  return sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(${sql.raw(columns)})`;
}

/** An instant as it stands in a record set. */
export function isoOrNull(instant: number | null | undefined): string | null {
  return instant === null || instant === undefined ? null : toIso(instant);
}

/**
 * A column of JSON texts as one parameter, null where a text is empty: one of the functions of a `rows from (…)`. Within a
 * record set they would be read twice, and written once more between.
 */
export function jsonLines(texts: readonly string[]): RawBuilder<string> {
  return sql`string_to_table(${texts.join('\n')}, e'\\n', '')`;
}
