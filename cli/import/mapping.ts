import { InvalidArgumentError } from 'commander';
import { PerennialError } from '../../domain/perennial-error.ts';
import type { Row } from './read-rows.ts';

/** By field, the column that it is read from. */
export type Mapping = ReadonlyMap<string, string>;

/** `--map id=InvoiceNo,at=InvoiceDate`. */
export function parseMapping(text: string): Mapping {
  const pairs = text.split(',').map((pair) => {
    const [field = '', ...column] = pair.split('=');
    return [field.trim(), column.join('=').trim()] as const;
  });
  const bad = pairs.findIndex(([field, column]) => field === '' || column === '');
  if (bad !== -1)
    throw new InvalidArgumentError(
      `"${text.split(',')[bad]}" is not a field and its column. Write field=Column, such as id=InvoiceNo.`,
    );
  return new Map(pairs);
}

/**
 * Gives cells the names of fields. With a mapping, what it does not name is left out; without one, columns are called as
 * the fields are.
 *
 * @throws PerennialError `import-column-missing` when the first row of a file lacks a column of the mapping
 */
export async function* mapped(
  rows: AsyncIterable<Row>,
  mapping: Mapping | undefined,
): AsyncGenerator<MappedRow> {
  let isFirst = true;
  for await (const row of rows) {
    if (isFirst && mapping !== undefined) assertColumns(row, mapping);
    isFirst = false;
    yield { ...row, fields: mapping === undefined ? row.cells : pick(row.cells, mapping) };
  }
}

/** A row whose cells stand under the names of fields. */
export interface MappedRow extends Row {
  readonly fields: Row['cells'];
}

function assertColumns({ place, cells, problem }: Row, mapping: Mapping): void {
  const missing = [...mapping.values()].find((column) => !Object.hasOwn(cells, column));
  if (missing === undefined || problem !== undefined) return;
  throw new PerennialError(
    'import-column-missing',
    `${place} has no "${missing}". It has: ${Object.keys(cells).join(', ')}. Nothing was imported.`,
  );
}

function pick(cells: Row['cells'], mapping: Mapping): Row['cells'] {
  return Object.fromEntries([...mapping].map(([field, column]) => [field, cells[column]]));
}
