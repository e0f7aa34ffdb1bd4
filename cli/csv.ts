/**
 * Comma-separated values that a spreadsheet opens as what they are. A cell that begins with `=`, `+`, `-`, `@`, a tab or a
 * carriage return would be run as a formula there; it gets an apostrophe in front (providers reference, R-SEC-15).
 */

export type Cell = string | number | null;

const formula = /^'*[=+\-@\t\r]/;

/** A header and one line for each row, by RFC 4180. Numbers are written as they are. */
export function csvOf(
  columns: readonly string[],
  rows: readonly { readonly [column: string]: Cell | undefined }[],
): string {
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? null))]
    .map((cells) => `${cells.map(cellOf).join(',')}\r\n`)
    .join('');
}

function cellOf(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = safeText(cell);
  return /[",;\t\r\n]/.test(safe) || safe !== cell ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The text with an apostrophe in front when a spreadsheet would run it, or when it already looks like one of ours. */
export function safeText(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}
