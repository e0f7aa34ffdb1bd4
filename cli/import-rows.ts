import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import type { EventName } from '../domain/events/catalogue.ts';
import { PerennialError } from '../domain/perennial-error.ts';

/** What can be imported, and how a row becomes an event. Imports are history: they are kept as facts and start nothing. */
export const importKinds = {
  products: { event: 'product.updated', about: 'shop' },
  customers: { event: 'customer.updated', about: 'customer' },
  consents: { event: 'consent.changed', about: 'customer' },
} as const satisfies Record<string, { event: EventName; about: 'shop' | 'customer' }>;

export type ImportKind = keyof typeof importKinds;

export interface ImportRow {
  /** Where it stands, for messages: `customers.csv:12`. */
  readonly place: string;
  readonly event: Record<string, unknown>;
}

type Cells = Readonly<Record<string, unknown>>;

/**
 * The rows of a CSV file with a header, a JSON array, or JSON lines, as events with `backfill: true`.
 *
 * Columns are the fields of the event's data, plus `customerId` (or `anonymousId`) and `occurredAt`; `price` may be written
 * as `price.amount` and `price.currency`. A row without `occurredAt` is as old as its file. A consent must say when it was
 * given: dated by its file, an old "yes" would outweigh a later "no".
 *
 * The event id is a hash of the row and its instant, so the same file can be imported twice.
 *
 * @throws PerennialError `file-unreadable` when the file cannot be read or is neither, `import-column-missing` for a
 * consent without an instant
 */
export async function readImportRows(kind: ImportKind, file: string): Promise<ImportRow[]> {
  const { text, changedAt } = await readFileOrRefuse(file);
  const rows = parseRows(text, file);
  if (rows.length === 0)
    throw new PerennialError(
      'file-unreadable',
      `"${file}" holds no row. Give a .csv file (UTF-8, separated by commas) with a header, a .json array or .ndjson lines.`,
    );
  return rows.map((cells, index) => {
    const place = `${file}:${index + (file.endsWith('.csv') ? 2 : 1)}`;
    return { place, event: toEvent(kind, cells, { place, changedAt }) };
  });
}

async function readFileOrRefuse(file: string): Promise<{ text: string; changedAt: string }> {
  try {
    const [text, { mtime }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { text, changedAt: mtime.toISOString() };
  } catch (cause) {
    throw new PerennialError(
      'file-unreadable',
      `"${file}" cannot be read. Give a .csv file with a header, a .json array or .ndjson lines.`,
      { cause },
    );
  }
}

function parseRows(text: string, file: string): Cells[] {
  try {
    if (file.endsWith('.csv'))
      return parse(text, { columns: true, skip_empty_lines: true, bom: true, trim: true });
    if (text.trimStart().startsWith('[')) return JSON.parse(text);
    return text
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => JSON.parse(line));
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new PerennialError(
      'file-unreadable',
      `"${file}" is not readable as rows: ${detail}. Nothing was imported.`,
      { cause },
    );
  }
}

function toEvent(
  kind: ImportKind,
  cells: Cells,
  { place, changedAt }: { readonly place: string; readonly changedAt: string },
): Record<string, unknown> {
  const { customerId, anonymousId, occurredAt, ...data } = nest(cells);
  if (kind === 'consents' && occurredAt === undefined) {
    throw new PerennialError(
      'import-column-missing',
      `${place} has no occurredAt. Say when the consent was given or withdrawn, such as 2026-03-01T10:00:00Z; without it an old consent could outweigh a later withdrawal.`,
    );
  }
  const at = occurredAt ?? changedAt;
  const identity = JSON.stringify([cells, at]);
  return {
    id: `import-${kind}-${createHash('sha256').update(identity).digest('hex').slice(0, 32)}`,
    type: importKinds[kind].event,
    occurredAt: at,
    ...(customerId === undefined ? {} : { customerId }),
    ...(anonymousId === undefined ? {} : { anonymousId }),
    source: 'import',
    backfill: true,
    data: kind === 'consents' ? { basis: 'import', purpose: 'marketing', ...data } : data,
  };
}

const numeric = new Set(['amount', 'stock', 'supplyDays']);
const yesOrNo = new Set(['removed', 'night']);

/** `price.amount` becomes `price: { amount }`; an empty cell is no value; cells of CSV are text. */
function nest(cells: Cells): Record<string, unknown> {
  // Without a prototype, so that a column called `__proto__.x` is a strange field and nothing more.
  const nested: Record<string, unknown> = Object.create(null);
  for (const [column, cell] of Object.entries(cells)) {
    if (cell === '' || cell === null || cell === undefined) continue;
    const path = column.split('.');
    const last = path.pop() ?? column;
    let place = nested;
    for (const part of path) place = (place[part] ??= Object.create(null)) as Record<string, unknown>;
    place[last] = readCell(last, cell);
  }
  return nested;
}

function readCell(column: string, cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  if (numeric.has(column) && /^-?\d+$/.test(cell)) return Number(cell);
  if (yesOrNo.has(column) && /^(true|false)$/i.test(cell)) return cell.toLowerCase() === 'true';
  return cell;
}
