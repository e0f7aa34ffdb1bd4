import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { mapped, parseMapping } from '../../cli/import/mapping.ts';
import { importUnits, type ImportTally } from '../../cli/import/import-units.ts';
import { unitsOfOrders } from '../../cli/import/order-rows.ts';
import { readRows } from '../../cli/import/read-rows.ts';
import { createClient } from '../../client/create-client.ts';
import type { PerennialEvent } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import { PerennialError } from '../../domain/perennial-error.ts';
import type { Stage } from '../../simulation/stage.ts';
import type { World } from '../../simulation/world.ts';
import { drawCustomer } from './draw-customer.ts';
import { drawSeason, type DrawnSeason } from './draw-season.ts';
import { atOneInstant, playSeason, type Played, type PlayOptions } from './play-season.ts';
import { createRandom, hashOf } from './random.ts';
import { feeCodes, readOrders, type RealOrder } from './read-orders.ts';
import { day, hour } from './tell.ts';

export interface NinthMonthOptions extends Pick<PlayOptions, 'stage' | 'databaseUrl' | 'channels' | 'onDay'> {
  /** Holds the months of the data: `2010-12.csv.gz` and so on. */
  readonly folder: string;
  /** One customer in so many, by a hash of the number. Default ten. */
  readonly oneIn?: number;
  readonly onDrawn?: (season: DrawnSeason) => void;
  readonly onProgress?: (line: string) => void;
}

/** What the months before left behind, before the last one began. */
export interface History {
  readonly months: readonly string[];
  readonly rows: ImportTally;
  /** Of history: both are zero, since an import starts nothing. */
  readonly journeys: number;
  readonly messages: number;
}

/**
 * Imports all months of a folder but the last as history, as a shop that moves in would, and plays the last one for some of
 * the customers. Time goes on for a month after it, so that what it began can end.
 *
 * @throws PerennialError `file-unreadable` for a folder without at least two months
 */
export async function playNinthMonth(options: NinthMonthOptions): Promise<Played & { history: History }> {
  const { folder, oneIn = 10, onProgress, onDrawn, ...playing } = options;
  const { past, last } = await monthsOf(folder);
  const isPlayed = (customer: string) => hashOf(customer) % oneIn === 0;
  const [before, now] = [await readOrders(past, isPlayed), await readOrders([last.file], isPlayed)];
  const season = drawSeason(now, { from: last.from, leavesBaskets: false, before: before.orders });
  onDrawn?.(season);
  let history: History | undefined;
  const played = await playSeason({
    ...playing,
    season,
    until: last.until + 30 * day,
    prepare: async (world) => {
      for (const { events } of atOneInstant(contactsOf(before.orders, now.orders, last.from))) await world.track(events);
      history = await importHistory(world, playing.stage, past, onProgress);
    },
  });
  if (history === undefined) throw new Error('playSeason prepares the world');
  return { ...played, history };
}

/** Whoever bought only before can be reached too: history must not need a lack of addresses to stay quiet. */
function contactsOf(before: readonly RealOrder[], now: readonly RealOrder[], at: Instant): PerennialEvent[] {
  const customers = new Map(before.map((order) => [order.customer, order]));
  for (const { customer } of now) customers.delete(customer);
  return [...customers.values()].flatMap(({ customer, country }) =>
    drawCustomer(customer, country, at, createRandom(`2010/customer/${customer}`)),
  );
}

const mapping = parseMapping(
  'id=InvoiceNo,customer=CustomerID,at=InvoiceDate,variant=StockCode,title=Description,quantity=Quantity,price=UnitPrice',
);

/** The way of `perennial import orders`, into the world's database. */
async function importHistory(
  world: World,
  { journeys }: Stage,
  files: readonly string[],
  onProgress: NinthMonthOptions['onProgress'],
): Promise<History> {
  const { db, intake, clock } = world;
  const client = createClient({ db, intake, journeys, clock, whereabouts: async () => undefined });
  const rows: ImportTally = { rows: 0, imported: 0, known: 0, leftOut: 0, rejected: 0 };
  const settings = { timeZone: 'Europe/London', currency: 'GBP', without: new Set(feeCodes), guests: false };
  for (const file of files) {
    await importUnits(unitsOfOrders(mapped(readRows(file), mapping), settings), rows, {
      client,
      db,
      dryRun: false,
      reject: async () => undefined,
      onProgress: () => undefined,
    });
    onProgress?.(`  ${file}: ${rows.imported} rows of history so far`);
  }
  const [begun, sent] = [await world.enrolments(), await world.deliveries()];
  return { months: files, rows, journeys: begun.length, messages: sent.length };
}

const monthFile = /^(\d{4}-\d{2})\.csv(\.gz)?$/;

async function monthsOf(folder: string) {
  const names = (await readdir(folder).catch(() => [])).filter((name) => monthFile.test(name)).toSorted();
  const [lastName] = names.slice(-1);
  const month = lastName?.slice(0, 7);
  if (lastName === undefined || month === undefined || names.length < 2) {
    throw new PerennialError(
      'file-unreadable',
      `"${folder}" does not hold at least two months of the Online Retail data, named like 2010-12.csv.gz.`,
    );
  }
  const first = Date.parse(`${month}-01T00:00:00Z`);
  const end = new Date(first);
  end.setUTCMonth(end.getUTCMonth() + 1);
  return {
    past: names.slice(0, -1).map((name) => join(folder, name)),
    // After the last order of the month before: nobody orders at night.
    last: { file: join(folder, lastName), from: first - 2 * hour, until: end.getTime() },
  };
}
