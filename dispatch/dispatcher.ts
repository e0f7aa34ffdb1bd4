import type { EventName } from '../domain/events/catalogue.ts';
import type { Clock, Instant } from '../domain/instant.ts';
import { journeyTypeName, runIdOf, type Happening } from '../domain/journey.ts';
import { isPerennialError } from '../domain/perennial-error.ts';
import type { Database } from '../store/database.ts';
import { recordExit } from '../store/record-exit.ts';
import { createBell } from './bell.ts';
import { createLeadership } from './leadership.ts';
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
  /** Leads as soon as no other process does, and keeps going until `stop`. */
  start(): void;
  /** Something was just written to the outbox: do not wait for the next look. */
  wake(): void;
  /** Finishes the calls that are under way and gives up the lead. */
  stop(): Promise<void>;
}

const pollMs = 50;
const standbyMs = 500;
const unreachableMs = 1_000;
const mostHeld = 1_000;
const firstBackOffMs = 1_000;
const longestBackOffMs = 5 * 60_000;

/**
 * Carries the outbox to Temporal: rows of one run one after the other, runs side by side.
 *
 * A process may be killed between a call and the deletion of its row: the call is then repeated, and start and signal
 * are both made to be repeated. A row that fails holds back its own run; when Temporal is away everything waits and
 * nothing counts as a failure of a row.
 */
export function createDispatcher(dependencies: DispatcherDependencies): Dispatcher {
  const { db, runs, intake, clock, log, parallelRuns = 64 } = dependencies;
  const lanes = new Map<string, OutboxRow[]>();
  const held = new Set<string>();
  const enrolments = new Map<string, DispatchedEnrolment>();
  let done: string[] = [];
  let finishedRows = 0;
  let unreachableUntil = 0;
  let allowed: () => boolean = () => true;
  const bell = createBell();

  /** Reads what is due and hands it to the lanes. @returns how many rows were taken. */
  async function takeRows(): Promise<number> {
    await forgetDone();
    const limit = mostHeld - held.size;
    if (limit <= 0) return 0;
    const rows = await readDueRows(db, { held: [...held], limit, now: Date.now() });
    const starts = rows.filter((row) => row.kind === 'start').map((row) => row.enrolment);
    const claimed = await claimStarts(db, starts, clock.now());
    const busy = new Set(starts.filter((enrolment) => !claimed.has(enrolment)));
    const taken = rows.filter((row) => !busy.has(row.enrolment));
    const fresh = await readEnrolments(db, [...new Set(taken.map((row) => row.enrolment))]);
    for (const enrolment of fresh.values()) enrolments.set(enrolment.id, enrolment);
    for (const row of taken) enqueue(row);
    return taken.length;
  }

  async function forgetDone(): Promise<void> {
    const ids = done;
    done = [];
    try {
      await deleteRows(db, ids);
    } catch (error) {
      done.push(...ids);
      throw error;
    }
    for (const id of ids) held.delete(id);
  }

  function enqueue(row: OutboxRow): void {
    held.add(row.id);
    const lane = lanes.get(row.enrolment);
    if (lane) lane.push(row);
    else lanes.set(row.enrolment, [row]);
  }

  const working = new Set<string>();

  /** Lets idle lanes work, as many side by side as allowed. */
  function work(): void {
    for (const enrolment of lanes.keys()) {
      if (working.size >= parallelRuns) return;
      if (working.has(enrolment)) continue;
      working.add(enrolment);
      void workLane(enrolment).finally(() => {
        working.delete(enrolment);
        bell.ring();
      });
    }
  }

  async function workLane(enrolment: string): Promise<void> {
    const lane = lanes.get(enrolment) ?? [];
    let row = lane[0];
    while (row !== undefined && allowed() && (await settle(row))) {
      lane.shift();
      done.push(row.id);
      finishedRows += 1;
      row = lane[0];
    }
    for (const left of lane) held.delete(left.id);
    lanes.delete(enrolment);
    enrolments.delete(enrolment);
  }

  /** @returns false when the row has to be tried again later. */
  async function settle(row: OutboxRow): Promise<boolean> {
    try {
      await tell(row);
      return true;
    } catch (error) {
      if (isPerennialError(error) && error.code === 'engine-unreachable') {
        unreachableUntil = Date.now() + unreachableMs;
        log?.warn({ err: error }, 'Temporal cannot be reached; the dispatcher waits and tries again');
        return false;
      }
      await park(row, error);
      return false;
    }
  }

  async function tell(row: OutboxRow): Promise<void> {
    const enrolment = enrolments.get(row.enrolment);
    if (enrolment === undefined || !enrolment.dispatched) return;
    if (row.kind === 'start') {
      if (enrolment.state === 'open') await runs.start(runOf(enrolment, row));
      return;
    }
    const answer = await runs.tell(runOf(enrolment), happeningOf(row));
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
    const reason = error instanceof Error ? error.message : String(error);
    log?.warn({ err: error, outbox: row.id, enrolment: row.enrolment }, 'an outbox row has to wait');
    try {
      const at = Date.now();
      await parkRow(db, row, { error: reason.slice(0, 500), at, nextAttemptAt: at + backOff });
    } catch {
      // The database is away as well: the row stays as it was and is read again.
    }
  }

  async function drain(): Promise<number> {
    const before = finishedRows;
    for (;;) {
      const taken = await takeRows();
      work();
      if (taken === 0 && lanes.size === 0) break;
      await bell.wait(pollMs);
      if (Date.now() < unreachableUntil) break;
    }
    while (lanes.size > 0) await bell.wait(pollMs);
    await forgetDone();
    return finishedRows - before;
  }

  let loop: Promise<void> | undefined;
  let life = new AbortController();

  function start(): void {
    if (dependencies.databaseUrl === undefined) throw new TypeError('start() needs databaseUrl');
    const leadership = createLeadership({ url: dependencies.databaseUrl });
    allowed = () => leadership.held && !life.signal.aborted && Date.now() >= unreachableUntil;
    life = new AbortController();
    loop ??= lead(leadership).finally(() => {
      loop = undefined;
    });
  }

  async function lead(leadership: ReturnType<typeof createLeadership>): Promise<void> {
    while (!life.signal.aborted) {
      try {
        if (!(await leadership.acquire())) {
          await bell.wait(standbyMs);
          continue;
        }
        if (Date.now() >= unreachableUntil) {
          await takeRows();
          work();
        }
      } catch (error) {
        log?.warn({ err: error }, 'the database cannot be reached; the dispatcher waits and tries again');
        await bell.wait(standbyMs);
      }
      await bell.wait(pollMs);
    }
    while (working.size > 0) await bell.wait(pollMs);
    await forgetDone().catch(() => undefined);
    await leadership.release();
  }

  return {
    drain,
    start,
    wake: () => bell.ring(),
    async stop() {
      life.abort();
      bell.ring();
      await loop;
    },
  };
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
