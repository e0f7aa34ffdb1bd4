import type { Instant } from '../domain/instant.ts';
import type { Queryable } from '../store/database.ts';
import { assertKnown } from './assert-known.ts';

export interface RunFilter {
  readonly journey?: string;
  readonly state?: 'open' | 'sealed' | 'closed';
  /** Most rows, newest first. Default 50. */
  readonly limit?: number;
}

export interface ListedRun {
  readonly id: string;
  /** The shop's id; null for a guest. */
  readonly customer: string | null;
  readonly journey: string;
  readonly version: number;
  readonly entry: number;
  readonly state: 'open' | 'sealed' | 'closed';
  readonly openedAt: Instant;
  readonly dueAt: Instant;
  readonly exitReason: string | null;
}

export interface NamedRunFilter extends RunFilter {
  /** Journeys of this version of the shop. */
  readonly journeyNames: readonly string[];
}

/** The runs, and a refusal of a journey that nothing has. @throws PerennialError `journey-unknown` */
export async function listNamedRuns(
  db: Queryable,
  { journeyNames, ...filter }: NamedRunFilter,
): Promise<ListedRun[]> {
  const found = await listRuns(db, filter);
  if (found.length === 0) await assertKnown(db, { ...filter, journeyNames });
  return found;
}

/** Enrolments, newest first. The enrolment is the record; its run is only its clock. */
export async function listRuns(db: Queryable, filter: RunFilter = {}): Promise<ListedRun[]> {
  let query = db
    .selectFrom('enrolments')
    .select([
      'id',
      'journey',
      'version',
      'entry',
      'state',
      'opened_at as openedAt',
      'due_at as dueAt',
      'exit_reason as exitReason',
    ])
    .select((run) =>
      run
        .selectFrom('customers')
        .select('external_id')
        .whereRef('customers.id', '=', 'enrolments.customer_id')
        .as('customer'),
    )
    .orderBy('opened_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit ?? 50);
  if (filter.journey !== undefined) query = query.where('journey', '=', filter.journey);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  return query.execute();
}
