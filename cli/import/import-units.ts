import { EventsRefused, type EventProblem } from '../../client/events-refused.ts';
import type { Client } from '../../client/create-client.ts';
import type { Database } from '../../store/database.ts';
import type { GoodsBack, ImportedEvent, ImportUnit, RejectedUnit } from './import-unit.ts';
import type { Row } from './read-rows.ts';
import { refundsOfGoodsBack } from './refunds-of-goods-back.ts';

/** What became of the rows of an import. */
export interface ImportTally {
  rows: number;
  /** Rows that are history now, or would be. */
  imported: number;
  /** Rows that were history before. */
  known: number;
  /** Rows that were left out on purpose. */
  leftOut: number;
  rejected: number;
}

export interface ImportOptions {
  readonly client: Client;
  readonly db: Database;
  /** Everything is read and checked, nothing is kept. */
  readonly dryRun: boolean;
  readonly reject: (row: Row, problem: string) => Promise<void>;
  readonly onProgress: () => void;
}

/** One call to intake: one transaction. */
const eventsPerBatch = 1000;

/**
 * Takes units in, a batch at a time; what has been read and not taken in yet is never more than a batch. Stopped half-way and
 * run again, it goes on where it was: what is known already has no effect.
 */
export async function importUnits(
  units: AsyncIterable<ImportUnit>,
  tally: ImportTally,
  options: ImportOptions,
): Promise<void> {
  let batch: Batch = emptyBatch();
  const flush = async (): Promise<void> => {
    await takeIn(batch, tally, options);
    batch = emptyBatch();
    options.onProgress();
  };
  for await (const unit of units) {
    tally.rows += unit.rows.length;
    if ('leftOut' in unit) tally.leftOut += unit.rows.length;
    else if ('problem' in unit) await reject(unit, tally, options);
    else {
      const events = 'events' in unit ? unit.events : [];
      const problem = whyRefused(options.client, events);
      if (problem !== undefined) {
        await reject({ rows: unit.rows, problem }, tally, options);
        continue;
      }
      if (batch.size > 0 && batch.size + events.length > eventsPerBatch) await flush();
      if ('events' in unit) batch.told.push(unit);
      else batch.back.push(unit);
      batch.size += Math.max(1, events.length);
    }
  }
  if (batch.size > 0) await flush();
}

interface Told {
  readonly rows: readonly Row[];
  readonly events: readonly ImportedEvent[];
}

interface Batch {
  readonly told: Told[];
  readonly back: { readonly rows: readonly Row[]; readonly goodsBack: GoodsBack }[];
  size: number;
}

function emptyBatch(): Batch {
  return { told: [], back: [], size: 0 };
}

async function takeIn(batch: Batch, tally: ImportTally, options: ImportOptions): Promise<void> {
  if (options.dryRun) {
    for (const { rows } of [...batch.told, ...batch.back]) tally.imported += rows.length;
    return;
  }
  await track(batch.told, tally, options);
  // What came back may have been bought in this very batch.
  const refunds = await refundsOfGoodsBack(
    options.db,
    batch.back.map(({ goodsBack }) => goodsBack),
  );
  const told: Told[] = [];
  for (const [place, unit] of batch.back.entries()) {
    const refund = refunds[place];
    if (refund === undefined) continue;
    if ('known' in refund) tally.known += unit.rows.length;
    else if ('problem' in refund) await reject({ rows: unit.rows, problem: refund.problem }, tally, options);
    else told.push({ rows: unit.rows, events: refund.events });
  }
  await track(told, tally, options);
}

async function track(units: readonly Told[], tally: ImportTally, options: ImportOptions): Promise<void> {
  let left = [...units];
  for (;;) {
    const events = left.flatMap((unit) => unit.events);
    if (events.length === 0) return;
    try {
      const answers = await options.client.track(events);
      const known = new Set(answers.flatMap(({ id, status }) => (status === 'duplicate' ? [id] : [])));
      for (const unit of left) {
        if (unit.events.every(({ id }) => known.has(id))) tally.known += unit.rows.length;
        else tally.imported += unit.rows.length;
      }
      return;
    } catch (error) {
      const other = otherThanBefore(error, left);
      if (other === undefined) throw error;
      const problem = 'was imported before with another content; history is not changed';
      await reject({ rows: other.rows, problem }, tally, options);
      left = left.filter((unit) => unit !== other);
    }
  }
}

/** The unit of an event whose id is known with another content. */
function otherThanBefore(error: unknown, units: readonly Told[]): Told | undefined {
  if (!(error instanceof EventsRefused) || error.code !== 'event-conflict') return undefined;
  let index = error.problems[0]?.index ?? -1;
  return units.find((unit) => {
    index -= unit.events.length;
    return index < 0;
  });
}

function whyRefused(client: Client, events: readonly ImportedEvent[]): string | undefined {
  for (const event of events) {
    try {
      client.check(event);
    } catch (error) {
      if (error instanceof EventsRefused) return error.problems.slice(0, 3).map(sentenceOf).join('; ');
      throw error;
    }
  }
  return undefined;
}

function sentenceOf({ path, value, problem }: EventProblem): string {
  return `is not right: ${path}${value === undefined ? '' : ` is ${value}`}: ${problem}`;
}

async function reject(
  { rows, problem, culprit }: RejectedUnit,
  tally: ImportTally,
  options: ImportOptions,
): Promise<void> {
  tally.rejected += rows.length;
  for (const row of rows) {
    const isCulprit = culprit === undefined || culprit === row.place;
    await options.reject(row, isCulprit ? problem : `is of one order with ${culprit}, which ${problem}`);
  }
}
