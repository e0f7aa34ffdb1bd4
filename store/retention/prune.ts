import type { Clock, Instant } from '../../domain/instant.ts';
import {
  defaultRetention,
  periodOf,
  type DatedConnection,
  type KeptFor,
  type Retention,
} from '../../domain/retention.ts';
import type { Database } from '../database.ts';
import { eventWords, replyWords } from './event-words.ts';
import { gateTraces } from './gate-traces.ts';
import { inboundNotes } from './inbound-notes.ts';
import type { Prunable, RowCursor } from './prunable.ts';
import { receiptsOf } from './receipts.ts';

export interface PruneDependencies {
  readonly db: Database;
  readonly clock: Clock;
  /** What the shop says; for the rest, `defaultRetention`. */
  readonly retention?: Partial<Retention>;
  /** Connections whose old receipts are refused; those of all others are kept for good. */
  readonly datedConnections?: readonly DatedConnection[];
}

export interface PruneOptions {
  /** Counts, and removes nothing. Default false. */
  readonly dryRun?: boolean;
  /** Breaks off between two pages. */
  readonly signal?: AbortSignal;
  /** Rows that are looked at together, and locked at most. Default 500. */
  readonly pageSize?: number;
}

/** What became of one page. */
export interface Pruned {
  readonly what: string;
  readonly keptFor: KeptFor;
  /** What is older has gone; nothing when it is kept for good. */
  readonly before: Instant | undefined;
  readonly count: number;
}

/**
 * Removes what was kept for as long as the policy says and is needed by nobody: page by page, each given out when it is
 * gone. Safe to run at any time, by several at once, and to break off: what is left goes the next time.
 *
 * @throws PerennialError `duration-invalid` for a period that is none, before anything is removed
 */
export async function* prune(
  dependencies: PruneDependencies,
  options: PruneOptions = {},
): AsyncGenerator<Pruned, void, undefined> {
  for (const { prunable, ...tally } of planOf(dependencies)) {
    yield { ...tally, what: prunable.what, count: 0 };
    if (tally.before === undefined) continue;
    for await (const count of pages(dependencies.db, prunable, tally.before, options)) {
      yield { ...tally, what: prunable.what, count };
    }
  }
}

interface Plan extends Pick<Pruned, 'keptFor' | 'before'> {
  readonly prunable: Prunable;
}

function planOf({ clock, retention, datedConnections = [] }: PruneDependencies): readonly Plan[] {
  const policy = { ...defaultRetention, ...retention };
  const now = clock.now();
  const all = [eventWords, replyWords, inboundNotes, gateTraces, ...datedConnections.map(receiptsOf)];
  return all.map((prunable) => {
    const keptFor = policy[prunable.period];
    const period = periodOf(keptFor);
    const before = period === undefined ? undefined : now - Math.max(period, prunable.leastMs ?? 0);
    return { prunable, keptFor, before };
  });
}

async function* pages(
  db: Database,
  { prunePage }: Prunable,
  before: Instant,
  { dryRun = false, signal, pageSize: size = 500 }: PruneOptions,
): AsyncGenerator<number, void, undefined> {
  let after: RowCursor | undefined;
  for (;;) {
    if (signal?.aborted === true) return;
    const { seen, pruned, last } = await prunePage(db, { before, after, size, dryRun });
    yield pruned;
    if (seen < size || last === null) return;
    after = last;
  }
}

/** One line for each kind, of all its pages. */
export function addUp(pages: readonly Pruned[]): readonly Pruned[] {
  const kinds = new Map<string, Pruned>();
  for (const page of pages) {
    kinds.set(page.what, { ...page, count: (kinds.get(page.what)?.count ?? 0) + page.count });
  }
  return [...kinds.values()];
}
