import { sql, type RawBuilder } from 'kysely';

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
  return instant === null || instant === undefined ? null : isoOf(Math.trunc(instant));
}

const minuteMs = 60_000;
/** The minute that was written last, as far as its seconds. */
let written: { readonly minute: number; readonly text: string } | undefined;

/** `toISOString`, which is dear for each instant of a thousand rows: most of them are of the same minute. */
function isoOf(instant: number): string {
  const minute = Math.floor(instant / minuteMs);
  if (written?.minute !== minute) {
    const whole = new Date(minute * minuteMs).toISOString();
    written = { minute, text: whole.slice(0, -'00.000Z'.length) };
  }
  const rest = String(instant - minute * minuteMs).padStart(5, '0');
  return `${written.text}${rest.slice(0, 2)}.${rest.slice(2)}Z`;
}
