import { sql } from 'kysely';
import type { Clock, Instant } from '../domain/instant.ts';
import { runIdOf } from '../domain/journey.ts';
import { timestamp, type Database } from '../store/database.ts';
import { recordExit } from '../store/record-exit.ts';
import type { RunLookup } from './run-gateway.ts';

export interface SweepDependencies {
  readonly db: Database;
  readonly runs: RunLookup;
  readonly clock: Clock;
  /** Breaks the sweep off between two look-ups. */
  readonly signal?: AbortSignal;
  /** How many runs are looked up side by side. Default 16. */
  readonly parallel?: number;
}

/** An enrolment that did not agree with Temporal, and what was done about it. */
export interface Mended {
  readonly enrolment: string;
  readonly journey: string;
  readonly found: 'never-started' | 'run-lost' | 'run-ended-unrecorded' | 'run-does-not-stop';
  readonly done: 'started-again' | 'closed' | 'listed';
}

/** What has just been dispatched is not judged: Temporal and the database agree a moment later. */
const graceMs = 5 * 60_000;
const pageSize = 200;

/**
 * Compares every live enrolment with its run, and mends what disagrees: a run that was never started or was lost with a
 * Temporal server is started again (its ledger keeps it from sending anything twice), one that ended without recording
 * it (an operator terminated it) is closed. An enrolment that is sealed while its run goes on is listed; it cannot send.
 *
 * Each is given out as soon as it is mended. May be run at any time and as often as you like; see `createSweeper`.
 */
export async function* sweepRuns(dependencies: SweepDependencies): AsyncGenerator<Mended, void, undefined> {
  const { db, runs, clock, signal, parallel = 16 } = dependencies;
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const page = await readLiveEnrolments(db, after, clock.now() - graceMs);
    for (let first = 0; first < page.length; first += parallel) {
      if (signal?.aborted === true) return;
      const mended = await Promise.all(page.slice(first, first + parallel).map(mend));
      yield* mended.filter((one) => one !== undefined);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    after = last.id;
  }

  async function mend(enrolment: LiveEnrolment): Promise<Mended | undefined> {
    const result = await compare(enrolment);
    return result && { enrolment: enrolment.id, journey: enrolment.journey, ...result };
  }

  async function compare(enrolment: LiveEnrolment): Promise<Pick<Mended, 'found' | 'done'> | undefined> {
    if (!enrolment.dispatched) return { found: 'never-started', done: await startAgain(enrolment) };
    const standing = await runs.lookUp(runIdOf(enrolment));
    if (standing === 'running') {
      return enrolment.state === 'sealed' ? { found: 'run-does-not-stop', done: 'listed' } : undefined;
    }
    if (standing === 'unknown' && enrolment.state === 'open') {
      return { found: 'run-lost', done: await startAgain(enrolment) };
    }
    await recordExit(db, { enrolment: enrolment.id, reason: 'run-ended', at: clock.now() });
    return { found: 'run-ended-unrecorded', done: 'closed' };
  }

  async function startAgain(enrolment: LiveEnrolment): Promise<'started-again'> {
    await db
      .insertInto('outbox')
      .values({
        enrolment_id: enrolment.id,
        kind: 'start',
        event_id: null,
        payload: JSON.stringify({ startAt: enrolment.dueAt }),
        created_at: timestamp(clock.now()),
      })
      .execute();
    return 'started-again';
  }
}

/** A whole sweep at once, for a caller that wants to see everything it did. */
export async function sweep(dependencies: SweepDependencies): Promise<Mended[]> {
  const all: Mended[] = [];
  for await (const mended of sweepRuns(dependencies)) all.push(mended);
  return all;
}

interface LiveEnrolment {
  readonly id: string;
  readonly journey: string;
  readonly state: 'open' | 'sealed';
  readonly dispatched: boolean;
  readonly dueAt: Instant;
}

/** Those about which nothing is waiting in the outbox. */
async function readLiveEnrolments(db: Database, after: string, before: Instant): Promise<LiveEnrolment[]> {
  const { rows } = await sql<LiveEnrolment>`
    select e.id, e.journey, e.state, e.dispatched_at is not null as dispatched, e.due_at as "dueAt"
    from enrolments e
    where e.id > ${after}::uuid
      and e.state in ('open', 'sealed')
      and coalesce(e.sealed_at, e.dispatched_at, e.opened_at) < ${timestamp(before)}::timestamptz
      and not exists (select from outbox o where o.enrolment_id = e.id)
    order by e.id
    limit ${pageSize}::integer`.execute(db);
  return rows;
}
