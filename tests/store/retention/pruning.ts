import type { Instant } from '../../../domain/instant.ts';
import type { DatedConnection, Retention } from '../../../domain/retention.ts';
import type { Database } from '../../../store/database.ts';
import { addUp, prune, type PruneOptions } from '../../../store/retention/prune.ts';

export const days = (count: number): number => count * 86_400_000;

export interface Pruning extends PruneOptions {
  /** By the clock of the shop. */
  readonly at: Instant;
  readonly retention?: Partial<Retention>;
  readonly dated?: readonly DatedConnection[];
}

/** How many of each kind went, or would go; kinds of which nothing went are left out. */
export async function pruneAll(
  db: Database,
  { at, retention = {}, dated = [], ...options }: Pruning,
): Promise<Readonly<Record<string, number>>> {
  const pages = [];
  const dependencies = { db, clock: { now: () => at }, retention, datedConnections: dated };
  for await (const page of prune(dependencies, options)) pages.push(page);
  return Object.fromEntries(
    addUp(pages)
      .filter(({ count }) => count > 0)
      .map(({ what, count }) => [what, count]),
  );
}
