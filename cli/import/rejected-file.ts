import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { PerennialError } from '../../domain/perennial-error.ts';
import { cellText } from './cell-text.ts';
import type { Row } from './read-rows.ts';

/** Where rows go that were not taken in: their own cells, and why. Corrected, the file can be imported. */
export interface RejectedFile {
  add(row: Row, problem: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens it: CSV with the columns of the first rejected row, or JSON lines when it is named so. Columns that begin with `#`
 * are left out when it is read again.
 *
 * @throws PerennialError `file-unreadable` when it cannot be written
 */
export async function openRejectedFile(file: string): Promise<RejectedFile> {
  const stream = createWriteStream(file, { encoding: 'utf8', mode: 0o600 });
  await new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve());
    stream.once('error', (cause) =>
      reject(
        new PerennialError(
          'file-unreadable',
          `"${file}" cannot be written, so rejected rows would be lost.`,
          {
            cause,
          },
        ),
      ),
    );
  });
  const write = /\.(jsonl|ndjson|json)$/i.test(file) ? asJson : asCsv();
  return {
    async add(row, problem) {
      const hasRoom = stream.write(write(row, problem));
      if (!hasRoom) await new Promise<void>((resolve) => stream.once('drain', () => resolve()));
    },
    async close() {
      stream.end();
      await finished(stream);
    },
  };
}

function asJson({ cells, place }: Row, problem: string): string {
  return `${JSON.stringify({ ...cells, '#row': place, '#problem': problem })}\n`;
}

function asCsv(): (row: Row, problem: string) => string {
  let columns: readonly string[] | undefined;
  return ({ cells, place }, problem) => {
    const header = columns === undefined ? lineOf([...Object.keys(cells), '#row', '#problem']) : '';
    columns ??= Object.keys(cells);
    return `${header}${lineOf([...columns.map((column) => cellText(cells[column])), place, problem])}`;
  };
}

function lineOf(cells: readonly string[]): string {
  const quoted = cells.map((cell) => (/[",;\t\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
  return `${quoted.join(',')}\n`;
}
