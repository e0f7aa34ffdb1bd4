import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { PerennialError } from '../../domain/perennial-error.ts';
import { readText } from './read-text.ts';

export type Cells = Readonly<Record<string, unknown>>;

/** A row of a file: the cells by column, or why they cannot be had. */
export interface Row {
  /** For messages: `customers.csv:12`. */
  readonly place: string;
  readonly cells: Cells;
  readonly problem?: string;
}

/**
 * The rows of a CSV file with a header (separated by commas, semicolons or tabs), of a JSON array, or of JSON lines, one
 * after the other. Columns that begin with `#` are remarks and are left out.
 *
 * @throws PerennialError `file-unreadable` when the file as a whole is none of these. A row that does not fit has a `problem`.
 */
export async function* readRows(file: string): AsyncGenerator<Row> {
  const isCsv = /\.(csv|tsv)(\.gz)?$/i.test(file);
  const { start, text } = await peek(readText(file), isCsv ? '\n' : /\S/);
  let count = 0;
  for await (const row of isCsv ? readCsv(file, start, text) : readJson(file, start, text)) {
    count += 1;
    yield row;
  }
  if (count === 0)
    throw new PerennialError(
      'file-unreadable',
      `"${file}" holds no row. Give a .csv file (UTF-8) with a header, a .json array or .ndjson lines.`,
    );
}

/** The beginning of a text up to what is looked for, and the whole text. */
async function peek(
  text: AsyncGenerator<string>,
  wanted: string | RegExp,
): Promise<{ start: string; text: AsyncGenerator<string> }> {
  let start = '';
  for (;;) {
    const { value, done } = await text.next();
    if (done === true) break;
    start += value;
    if (start.search(wanted) !== -1) break;
  }
  async function* whole(): AsyncGenerator<string> {
    yield start;
    yield* text;
  }
  return { start, text: whole() };
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

async function* readCsv(file: string, start: string, text: AsyncGenerator<string>): AsyncGenerator<Row> {
  const parser = parse({
    delimiter: delimiterOf(start),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  });
  const records: AsyncIterable<CsvRecord> = pipeline(Readable.from(text), parser, () => undefined);
  let columns: readonly string[] | undefined;
  try {
    for await (const { record, info } of records) {
      if (columns === undefined) columns = headerOf(record, file);
      else yield rowOf(columns, record, `${file}:${info.lines}`);
    }
  } catch (cause) {
    throw cause instanceof CsvError ? unreadable(file, cause) : cause;
  }
}

/** Spreadsheets separate by what the country of their user does not write into numbers. */
function delimiterOf(start: string): string {
  const [header = ''] = start.split('\n', 1);
  const bare = header.replaceAll(/"[^"]*"/g, '');
  const count = (separator: string): number => bare.split(separator).length;
  return [',', ';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best));
}

function headerOf(names: readonly string[], file: string): readonly string[] {
  const refuse = (problem: string): PerennialError =>
    new PerennialError('file-unreadable', `"${file}" ${problem}. Nothing was imported.`);
  // oxlint-disable-next-line no-control-regex
  const strange = names.find((name) => /[\u0000-\u001f\u007f]/.test(name));
  if (strange !== undefined)
    throw refuse(`has a column ${JSON.stringify(strange)}, and a name holds no control characters`);
  const doubled = names.find((name, place) => name !== '' && names.indexOf(name) !== place);
  if (doubled !== undefined)
    throw refuse(`has the column "${doubled}" twice; which of them counts nobody could say`);
  const short = names.find((name) => names.some((other) => other.startsWith(`${name}.`)));
  if (short !== undefined && short !== '')
    throw refuse(`has a column "${short}" beside "${short}.…"; write either the one or the others`);
  return names;
}

function rowOf(columns: readonly string[], record: readonly string[], place: string): Row {
  const cells = Object.fromEntries(
    columns.flatMap((column, index) =>
      column === '' || column.startsWith('#') ? [] : [[column, record[index] ?? '']],
    ),
  );
  if (record.length === columns.length) return { place, cells };
  const problem = `has ${record.length} cells where the header has ${columns.length}`;
  return { place, cells, problem };
}

/** The parser's own words are for programmers. */
function unreadable(file: string, cause: CsvError): PerennialError {
  const line = 'lines' in cause && typeof cause['lines'] === 'number' ? ` near line ${cause['lines']}` : '';
  const what = cause.code.includes('QUOTE')
    ? `has a quotation mark${line} that is not closed, or one inside a cell that is not doubled`
    : `cannot be read as CSV${line}`;
  return new PerennialError('file-unreadable', `"${file}" ${what}. Nothing was imported.`, { cause });
}

async function* readJson(file: string, start: string, text: AsyncGenerator<string>): AsyncGenerator<Row> {
  if (start.trimStart().startsWith('[')) {
    yield* readArray(file, text);
    return;
  }
  let number = 0;
  for await (const line of linesOf(text)) {
    number += 1;
    if (line.trim() !== '') yield jsonRow(line, `${file}:${number}`);
  }
}

/** The one form that has to be held as a whole. */
async function* readArray(file: string, text: AsyncGenerator<string>): AsyncGenerator<Row> {
  let whole = '';
  for await (const piece of text) whole += piece;
  let values: unknown;
  try {
    values = JSON.parse(whole);
  } catch (cause) {
    throw new PerennialError('file-unreadable', `"${file}" is not readable as JSON. Nothing was imported.`, {
      cause,
    });
  }
  for (const [index, value] of Array.isArray(values) ? values.entries() : [])
    yield cellsOf(value, `${file}:${index + 1}`);
}

async function* linesOf(text: AsyncGenerator<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}

function jsonRow(line: string, place: string): Row {
  try {
    return cellsOf(JSON.parse(line), place);
  } catch {
    return { place, cells: { text: line }, problem: 'is not JSON' };
  }
}

function cellsOf(value: unknown, place: string): Row {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return {
      place,
      cells: Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('#'))),
    };
  return { place, cells: { text: value }, problem: 'is not an object' };
}
