import type { EventName } from '../domain/events/catalogue.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import { journeyTypeName, runIdOf, type Happening } from '../domain/journey.ts';
import { kindOfFailure } from '../domain/kind-of-failure.ts';
import { isPerennialError } from '../domain/perennial-error.ts';
import type { Database } from '../store/database.ts';
import { recordExit } from '../store/record-exit.ts';
import { createBell } from './bell.ts';
import { createEngineTrouble } from './engine-trouble.ts';
import { createRunChains, type Telling } from './run-chains.ts';
import { createLeadership, type Leadership } from './leadership.ts';
import {
  claimStarts,
  deleteRows,
  parkRow,
  readDueRows,
  readEnrolments,
  type DispatchedEnrolment,
  type OutboxRow,
} from './outbox-rows.ts';
import type { Run, RunGateway } from './run-gateway.ts';

export interface DispatcherDependencies {
  readonly db: Database;
  /** Of the same database, for the leader's own connection. Needed by `start` only. */
  readonly databaseUrl?: string;
  readonly runs: RunGateway;
  readonly intake: {
    /** The run was found finished while its enrolment was open: close it and route the event again. */
    reroute(enrolment: string, eventId: string): Promise<void>;
  };
  /** Instants that are recorded. Back-off is measured in wall time, whatever this clock says. */
  readonly clock: Clock;
  readonly log?: DispatchLog;
  /** How many runs are told something side by side. Default 64. */
  readonly parallelRuns?: number;
}

export interface DispatchLog {
  warn(details: object, message: string): void;
}

export interface Dispatcher {
  /**
   * Tells everything that is due now and comes back when nothing is left. For a process that knows it is alone: a test,
   * a simulation. @returns how many rows were done.
   */
  drain(): Promise<number>;
  /** Leads as soon as no other process does, and keeps going until `stop`. Does nothing while it is already going. */
  start(): void;
  /** True while this process is the one that dispatches: for other work that one process does for all. */
  readonly leads: boolean;
  /** Something was just written to the outbox: do not wait for the next look. */
  wake(): void;
  /** Finishes the calls that are under way and gives up the lead. */
  stop(): Promise<void>;
}

const pollMs = 50;
const standbyMs = 500;
const mostHeld = 1_000;
const firstBackOffMs = 1_000;
const longestBackOffMs = 5 * 60_000;

/**
 * Carries the outbox to Temporal: rows of one run one after the other, runs side by side.
 *
 * A process may be killed between a call and the deletion of its row: the call is then repeated, and start and signal
 * are both made to be repeated. A row that fails holds back its own run, also when its run alone does not answer; when
 * Temporal is away everything waits and nothing counts as a failure of a row.
 */
export function createDispatcher(dependencies: DispatcherDependencies): Dispatcher {
  const { db, runs, intake, clock, log, parallelRuns = 64 } = dependencies;
  const bell = createBell();
  const trouble = createEngineTrouble();
  let term: Term | undefined;

  const chains = createRunChains({
    settle,
    mayWork: () => !trouble.paused && (term === undefined || leads(term)),
    onEnd: () => bell.ring(),
    parallel: parallelRuns,
  });

  /** Reads what is due and hands it to the chains. @returns how many rows were taken. */
  async function takeRows(): Promise<number> {
    await forgetDone();
    const held = chains.held;
    const limit = mostHeld - held.length;
    if (limit <= 0) return 0;
    const rows = await readDueRows(db, { held, limit, now: Date.now() });
    const starts = rows.filter((row) => row.kind === 'start').map((row) => row.enrolment);
    const claimed = await claimStarts(db, starts, clock.now());
    const busy = new Set(starts.filter((enrolment) => !claimed.has(enrolment)));
    const taken = rows.filter((row) => !busy.has(row.enrolment));
    const enrolments = await readEnrolments(db, [...new Set(taken.map((row) => row.enrolment))]);
    for (const row of taken) chains.add({ row, enrolment: enrolments.get(row.enrolment) });
    return taken.length;
  }

  const forgetDone = () => chains.clear((ids) => deleteRows(db, ids));

  /** @returns false when the row has to be tried again later. */
  async function settle(telling: Telling): Promise<boolean> {
    const { row } = telling;
    try {
      await tell(telling);
      return true;
    } catch (error) {
      if (isUnreachable(error) && !trouble.isOwn(row.id)) {
        log?.warn({ err: error }, 'Temporal cannot be reached; the dispatcher waits and tries again');
      } else {
        await park(row, error);
      }
      return false;
    }
  }

  async function tell({ row, enrolment }: Telling): Promise<void> {
    if (enrolment === undefined || !enrolment.dispatched) return;
    if (row.kind === 'start') {
      if (enrolment.state !== 'open') return;
      await runs.start(runOf(enrolment, row));
      trouble.answered(row.id);
      return;
    }
    const answer = await runs.tell(runOf(enrolment), happeningOf(row));
    trouble.answered(row.id);
    if (answer === 'finished') await closeFinished(row);
  }

  async function closeFinished(row: OutboxRow): Promise<void> {
    const current = (await readEnrolments(db, [row.enrolment])).get(row.enrolment);
    if (current?.state === 'open' && row.eventId !== null) await intake.reroute(row.enrolment, row.eventId);
    if (current?.state === 'sealed') {
      await recordExit(db, { enrolment: row.enrolment, reason: 'run-ended', at: clock.now() });
    }
  }

  async function park(row: OutboxRow, error: unknown): Promise<void> {
    const backOff = Math.min(longestBackOffMs, firstBackOffMs * 2 ** row.attempts);
    log?.warn({ err: error, outbox: row.id, enrolment: row.enrolment }, 'an outbox row has to wait');
    try {
      const at = Date.now();
      await parkRow(db, row, { error: kindOfFailure(error), at, nextAttemptAt: at + backOff });
    } catch {
      // The database is away as well: the row stays as it was and is read again.
    }
  }

  async function drain(): Promise<number> {
    const before = chains.finished;
    while (trouble.paused) await bell.wait(pollMs);
    for (;;) {
      const taken = await takeRows();
      chains.work();
      if (taken === 0 && chains.isEmpty) break;
      await bell.wait(pollMs);
      if (trouble.paused) break;
    }
    chains.giveBack();
    while (chains.isWorking) await bell.wait(pollMs);
    await forgetDone();
    return chains.finished - before;
  }

  function start(): void {
    if (dependencies.databaseUrl === undefined) throw new TypeError('start() needs databaseUrl');
    if (term !== undefined) return;
    const leadership = createLeadership({ url: dependencies.databaseUrl });
    const stopping = new AbortController();
    const ended = lead(leadership, stopping.signal).finally(() => {
      term = undefined;
    });
    term = { leadership, stopping, ended };
  }

  async function lead(leadership: Leadership, stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      try {
        if (!(await leadership.acquire())) {
          chains.giveBack();
          await bell.wait(standbyMs);
          continue;
        }
        if (!trouble.paused) {
          await takeRows();
          chains.work();
        }
      } catch (error) {
        log?.warn({ err: error }, 'the database cannot be reached; the dispatcher waits and tries again');
        await bell.wait(standbyMs);
      }
      await bell.wait(pollMs);
    }
    chains.giveBack();
    while (chains.isWorking) await bell.wait(pollMs);
    await forgetDone().catch(() => undefined);
    await leadership.release();
  }

  return {
    drain,
    start,
    get leads() {
      return term !== undefined && leads(term);
    },
    wake: () => bell.ring(),
    async stop() {
      term?.stopping.abort();
      bell.ring();
      await term?.ended;
    },
  };
}

/** From `start` to the end of `stop`. */
interface Term {
  readonly leadership: Leadership;
  readonly stopping: AbortController;
  readonly ended: Promise<void>;
}

function leads({ leadership, stopping }: Term): boolean {
  return leadership.held && !stopping.signal.aborted;
}

function isUnreachable(error: unknown): boolean {
  return isPerennialError(error) && error.code === 'engine-unreachable';
}

function runOf(enrolment: DispatchedEnrolment, row?: OutboxRow): Run {
  const startAt = row?.payload['startAt'];
  return {
    runId: runIdOf(enrolment),
    type: journeyTypeName({ name: enrolment.journey, version: enrolment.version }),
    input: {
      enrolment: enrolment.id,
      customer: enrolment.customer,
      fact: enrolment.fact,
      dueAt: enrolment.dueAt,
    },
    startAt: typeof startAt === 'number' ? startAt : enrolment.dueAt,
  };
}

function happeningOf(row: OutboxRow): Happening {
  const { event, fact, at, ends } = row.payload as {
    event: EventName;
    fact: unknown;
    at: Instant;
    ends: boolean;
  };
  return { outboxId: row.id, event, fact, at, ends };
}
