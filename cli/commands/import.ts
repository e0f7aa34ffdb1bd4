import { Argument, InvalidArgumentError, Option, type Command } from 'commander';
import { PerennialError } from '../../domain/perennial-error.ts';
import config from '../../perennial.config.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { exitCode } from '../exit-code.ts';
import { eventKinds, unitsOfEventRows, type EventKind } from '../import/event-rows.ts';
import { importUnits, type ImportTally } from '../import/import-units.ts';
import type { ImportUnit } from '../import/import-unit.ts';
import { mapped, parseMapping, type Mapping } from '../import/mapping.ts';
import { orderFields } from '../import/order-row.ts';
import { unitsOfOrders } from '../import/order-rows.ts';
import { readRows, type Row } from '../import/read-rows.ts';
import { openRejectedFile, type RejectedFile } from '../import/rejected-file.ts';
import type { Output } from '../output.ts';
import { withShop } from '../with-shop.ts';

const importKinds = ['orders', ...Object.keys(eventKinds)];

interface ImportOptions extends CommonOptions {
  readonly file?: readonly string[];
  readonly map?: Mapping;
  readonly dryRun?: boolean;
  readonly rejected?: string;
  readonly zone: string;
  readonly currency?: string;
  readonly without?: ReadonlySet<string>;
  readonly guests?: boolean;
}

export function importCommand(): Command {
  return createCommand('import', 'bring in history from files; it starts no journey', [
    'import products products.csv --dry-run',
    'import customers customers.csv',
    'import consents consents.ndjson',
    'import orders orders.csv --map id=InvoiceNo,customer=CustomerID,at=InvoiceDate,variant=StockCode,quantity=Quantity,price=UnitPrice --currency GBP --rejected rejected.csv',
  ])
    .addArgument(new Argument('<kind>', 'what the rows are').choices(importKinds))
    .argument('[files...]', '.csv with a header, .json array or .ndjson lines; also packed, as .gz')
    .option('--file <file...>', 'the same, by name')
    .option('--map <field=Column,...>', 'which column each field is read from', parseMapping)
    .option('--rejected <file>', 'write rows that are not taken in there, with the reason')
    .option('--dry-run', 'read and check every row, import none')
    .addOption(
      new Option('--zone <zone>', 'orders: the zone of instants without an offset')
        .default(config.home.timeZone)
        .argParser(parseZone),
    )
    .option('--currency <code>', 'orders: the currency of rows that name none')
    .option('--without <variant,...>', 'orders: variants that are no goods, such as postage', parseVariants)
    .option('--guests', 'orders: take orders that name no customer as bought by somebody unknown')
    .action((kind: 'orders' | EventKind, named: readonly string[], options: ImportOptions) =>
      runCommand(options, (output) =>
        importFiles(kind, [...named, ...(options.file ?? [])], options, output),
      ),
    );
}

async function importFiles(
  kind: 'orders' | EventKind,
  files: readonly string[],
  options: ImportOptions,
  output: Output,
): Promise<number> {
  if (files.length === 0)
    throw new PerennialError(
      'file-unreadable',
      'There is no file to import. Name one or more after what they hold.',
    );
  assertFields(kind, options.map);
  // Once through before anything is kept: a file that cannot be read to its end is refused as a whole.
  let total = 0;
  for (const file of files) for await (const _ of mapped(readRows(file), options.map)) total += 1;
  return withShop(output, async ({ client, db }) => {
    const file = options.rejected === undefined ? undefined : await openRejectedFile(options.rejected);
    const rejected: { place: string; reason: string }[] = [];
    const tally: ImportTally = { rows: 0, imported: 0, known: 0, leftOut: 0, rejected: 0 };
    try {
      await importUnits(unitsOf(kind, files, options), tally, {
        client,
        db,
        dryRun: options.dryRun ?? false,
        reject: (row, reason) => noteRejected(row, reason, { file, rejected }),
        onProgress: () => output.progress(`${tally.rows} of ${total} rows`),
      });
    } finally {
      await file?.close();
    }
    report(tally, rejected, options, output);
    return tally.rejected === 0 ? exitCode.success : exitCode.failure;
  });
}

async function* unitsOf(
  kind: 'orders' | EventKind,
  files: readonly string[],
  options: ImportOptions,
): AsyncGenerator<ImportUnit> {
  if (kind === 'orders') {
    yield* unitsOfOrders(rowsOf(files, options.map), {
      timeZone: options.zone,
      currency: options.currency,
      without: options.without ?? new Set(),
      guests: options.guests ?? false,
    });
    return;
  }
  for (const file of files) yield* unitsOfEventRows(kind, file, mapped(readRows(file), options.map));
}

async function* rowsOf(files: readonly string[], mapping: Mapping | undefined) {
  for (const file of files) yield* mapped(readRows(file), mapping);
}

/** As many rejected rows as a person reads are shown; the file has all. */
const shown = 50;

async function noteRejected(
  row: Row,
  reason: string,
  { file, rejected }: { file: RejectedFile | undefined; rejected: { place: string; reason: string }[] },
): Promise<void> {
  if (rejected.length < shown) rejected.push({ place: row.place, reason });
  await file?.add(row, reason);
}

function report(
  tally: ImportTally,
  rejected: readonly { readonly place: string; readonly reason: string }[],
  { dryRun = false, rejected: file }: ImportOptions,
  output: Output,
): void {
  const { imported, known, leftOut } = tally;
  output.data({
    ...tally,
    imported: dryRun ? 0 : imported,
    ...(dryRun ? { wouldImport: imported } : {}),
    reasons: rejected,
  });
  output.say(
    `Rows: ${imported} ${dryRun ? 'would be imported' : 'imported'}, ${known} known before, ${leftOut} left out, ${tally.rejected} rejected.`,
  );
  output.table(rejected.map((row) => ({ ...row })));
  if (tally.rejected > rejected.length)
    output.say(
      `… and ${tally.rejected - rejected.length} more${file === undefined ? '; --rejected writes them all to a file' : `, all in ${file}`}.`,
    );
}

/** @throws PerennialError `import-column-missing` for a field that orders do not have */
function assertFields(kind: 'orders' | EventKind, mapping: Mapping | undefined): void {
  if (kind !== 'orders' || mapping === undefined) return;
  const known: readonly string[] = orderFields;
  const strange = [...mapping.keys()].find((field) => !known.includes(field));
  if (strange === undefined) return;
  throw new PerennialError(
    'import-column-missing',
    `Orders have no field "${strange}". They have: ${known.join(', ')}.`,
  );
}

function parseZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw new InvalidArgumentError(`"${zone}" is not a time zone. Write it like Europe/London.`);
  }
}

function parseVariants(text: string): ReadonlySet<string> {
  return new Set(text.split(',').map((variant) => variant.trim()));
}
