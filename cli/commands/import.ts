import { Argument, type Command } from 'commander';
import { isPerennialError } from '../../domain/perennial-error.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { importKinds, readImportRows, type ImportKind, type ImportRow } from '../import-rows.ts';
import { withShop, type Shop } from '../with-shop.ts';

interface ImportOptions extends CommonOptions {
  readonly dryRun?: boolean;
}

interface Rejected {
  readonly place: string;
  readonly reason: string;
}

export function importCommand(): Command {
  return createCommand('import', 'bring in history from a file; it starts no journey', [
    'import products products.csv --dry-run',
    'import customers customers.csv',
    'import consents consents.ndjson',
  ])
    .addArgument(new Argument('<kind>', 'what the rows are').choices(Object.keys(importKinds)))
    .argument('<file>', '.csv with a header, .json array or .ndjson lines')
    .option('--dry-run', 'read and check every row, import none')
    .action((kind: ImportKind, file: string, options: ImportOptions) =>
      runCommand(options, async (output) => {
        const rows = await readImportRows(kind, file);
        return withShop(output, async ({ client }) => {
          const { good, rejected } = sortOut(client, rows);
          if (options.dryRun !== true) {
            for (let from = 0; from < good.length; from += 1000) {
              await client.track(good.slice(from, from + 1000).map((row) => row.event));
              output.progress(`${Math.min(from + 1000, good.length)} of ${good.length}`);
            }
          }
          output.data({ imported: options.dryRun === true ? 0 : good.length, rejected });
          output.say(
            `${good.length} ${options.dryRun === true ? 'would be imported' : 'imported'}, ${rejected.length} rejected.`,
          );
          output.table(rejected.slice(0, 50).map((row) => ({ ...row })));
          return rejected.length === 0 ? exitCode.success : exitCode.failure;
        });
      }),
    );
}

function sortOut(
  client: Shop['client'],
  rows: readonly ImportRow[],
): { good: ImportRow[]; rejected: Rejected[] } {
  const good: ImportRow[] = [];
  const rejected: Rejected[] = [];
  for (const row of rows) {
    const reason = whyRejected(client, row);
    if (reason === undefined) good.push(row);
    else rejected.push({ place: row.place, reason });
  }
  return { good, rejected };
}

function whyRejected(client: Shop['client'], row: ImportRow): string | undefined {
  try {
    client.check(row.event);
    return undefined;
  } catch (error) {
    if (isPerennialError(error)) return error.message;
    throw error;
  }
}
