import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { EventName } from '../../domain/events/catalogue.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import type { ImportUnit } from './import-unit.ts';
import type { MappedRow } from './mapping.ts';

/** What can be imported row by row, and how a row becomes an event. */
export const eventKinds = {
  products: { event: 'product.updated', about: 'shop' },
  customers: { event: 'customer.updated', about: 'customer' },
  consents: { event: 'consent.changed', about: 'customer' },
} as const satisfies Record<string, { event: EventName; about: 'shop' | 'customer' }>;

export type EventKind = keyof typeof eventKinds;

/**
 * Rows as events with `backfill: true`.
 *
 * Fields are those of the event's data, plus `customerId` (or `anonymousId`) and `occurredAt`; `price` may be written as
 * `price.amount` and `price.currency`. A row without `occurredAt` is as old as its file. A consent must say when it was
 * given: dated by its file, an old "yes" would outweigh a later "no".
 *
 * The event id is a hash of the row and its instant, so the same file can be imported twice.
 *
 * @throws PerennialError `import-column-missing` for a consent without an instant in the first row; later ones are rejected one by one
 */
export async function* unitsOfEventRows(
  kind: EventKind,
  file: string,
  rows: AsyncIterable<MappedRow>,
): AsyncGenerator<ImportUnit> {
  const changedAt = (await stat(file)).mtime.toISOString();
  let isFirst = true;
  for await (const row of rows) {
    const problem = row.problem ?? doubledPath(row) ?? undatedConsent(kind, row);
    if (isFirst && problem === undatedSentence)
      throw new PerennialError('import-column-missing', `${row.place} ${problem}`);
    isFirst = false;
    yield problem === undefined
      ? { rows: [row], events: [toEvent(kind, row, changedAt)] }
      : { rows: [row], problem };
  }
}

/** JSON may say both `price` and `price.amount`; headers of CSV are looked at as a whole. */
function doubledPath({ fields }: MappedRow): string | undefined {
  const names = Object.keys(fields);
  const short = names.find((name) => names.some((other) => other.startsWith(`${name}.`)));
  return short === undefined
    ? undefined
    : `has "${short}" beside "${short}.…"; write either the one or the others`;
}

const undatedSentence =
  'has no occurredAt. Say when the consent was given or withdrawn, such as 2026-03-01T10:00:00Z; without it an old consent could outweigh a later withdrawal.';

function undatedConsent(kind: EventKind, { fields }: MappedRow): string | undefined {
  const { occurredAt } = fields;
  const isDated = occurredAt !== undefined && occurredAt !== null && occurredAt !== '';
  return kind === 'consents' && !isDated ? undatedSentence : undefined;
}

function toEvent(kind: EventKind, { fields }: MappedRow, changedAt: string) {
  const { customerId, anonymousId, occurredAt, ...data } = nest(fields);
  const at = occurredAt ?? changedAt;
  return {
    id: `import-${kind}-${hashOf([fields, at])}`,
    type: eventKinds[kind].event,
    occurredAt: at,
    ...(customerId === undefined ? {} : { customerId }),
    ...(anonymousId === undefined ? {} : { anonymousId }),
    source: 'import',
    backfill: true,
    data: kind === 'consents' ? { basis: 'import', purpose: 'marketing', ...data } : data,
  };
}

/** Names in ids of events are opaque: ids are kept for good. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);
}

const numeric = new Set(['amount', 'stock', 'supplyDays']);
const yesOrNo = new Set(['removed', 'night', 'ageRestricted', 'sensitive']);

/** `price.amount` becomes `price: { amount }`; an empty cell is no value; cells of CSV are text. */
function nest(cells: MappedRow['fields']): Record<string, unknown> {
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
