import colours from 'picocolors';
import { jsonText } from './json-text.ts';

/** What a command may print. Results go to standard output, progress and advice to standard error, so that pipes stay clean. */
export interface Output {
  readonly json: boolean;
  /** A line of the result, for people; nothing under `--json`. */
  readonly say: (line?: string) => void;
  /** The result as data: one JSON document under `--json`, with instants as ISO 8601; nothing otherwise. */
  readonly data: (value: unknown) => void;
  /** What is going on, while it goes on. */
  readonly progress: (line: string) => void;
  /** Rows with aligned columns, for people; nothing under `--json`. */
  readonly table: (rows: readonly Row[]) => void;
  /** A whole file, such as one for a spreadsheet; nothing under `--json`. */
  readonly raw: (text: string) => void;
}

export type Row = Readonly<Record<string, string | number>>;

export function createOutput(options: { json?: boolean }): Output {
  const json = options.json ?? false;
  return {
    json,
    say: (line = '') => {
      if (!json) process.stdout.write(`${line}\n`);
    },
    data: (value) => {
      if (json) process.stdout.write(`${jsonText(value)}\n`);
    },
    progress: (line) => process.stderr.write(`${colours.dim(line)}\n`),
    table: (rows) => {
      if (!json) process.stdout.write(formatTable(rows));
    },
    raw: (text) => {
      if (!json) process.stdout.write(text);
    },
  };
}

/**
 * A reader that has seen enough (`| head`, or `q` in a pager) is no failure: the command does its work to the end, since
 * half an import would be one, and says nothing more.
 */
export function outliveReaders(streams: readonly NodeJS.WritableStream[]): void {
  let isLost = false;
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE' || isLost) return;
      isLost = true;
      tellOfLostOutput(error);
    });
  }
}

/** A file that takes no more, on a full disk say. The work goes on; only what it would have said is lost. */
function tellOfLostOutput({ message }: Error): void {
  process.once('exit', () => (process.exitCode ||= 1));
  process.stderr.write(
    `What there was to say could not be written (${message}). Make room, and ask again.\n`,
  );
}

/** Columns as wide as their widest cell; Hangul and emoji count two. */
export function formatTable(rows: readonly Row[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const columns = Object.keys(first);
  const cells = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => displayWidth(row[index] ?? ''))));
  const lines = cells.map((row, line) => {
    const padded = row.map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - displayWidth(cell)));
    const text = padded.join('  ').trimEnd();
    return line === 0 ? colours.bold(text) : text;
  });
  return `${lines.join('\n')}\n`;
}

const wide =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/gu;

function displayWidth(text: string): number {
  return text.length + (text.match(wide)?.length ?? 0);
}
