import { setTimeout as sleep } from 'node:timers/promises';
import type { Notice } from '../../delivery/channels/receipts.ts';
import { kindOfFailure } from '../../domain/kind-of-failure.ts';
import { createBell } from '../bell.ts';
import { applyNotices, type ApplyDependencies } from './apply-notices.ts';
import { giveUp, insertNotices, putOff, readWaiting, type InboxRow } from './inbox-rows.ts';
import { isUnusable } from './is-unusable.ts';

export interface InboxDependencies extends ApplyDependencies {
  /** True in the one process that works through the inbox for all; asked all the time. Needed by `start` only. */
  readonly leads?: () => boolean;
  readonly log?: { warn(details: object, message: string): void };
}

export interface Inbox {
  /**
   * Keeps what a provider told. When it returns, nothing of it can be lost. What asks us to stop is in force as well, if
   * that took no longer than five seconds; otherwise the loop does it.
   *
   * @throws when the database cannot be reached: then the provider has to tell it again
   */
  keep(connection: string, notices: readonly Notice[]): Promise<void>;
  /** Lets everything that waits take effect now. @returns how many notices that were */
  drain(): Promise<number>;
  /** Works through the inbox whenever this process leads, until `stop`. */
  start(): void;
  stop(): Promise<void>;
}

const pageSize = 500;
const pollMs = 250;
const patienceMs = 5_000;
const firstBackOffMs = 1_000;
const longestBackOffMs = 5 * 60_000;

/**
 * The inbox: receipts are kept first and take effect afterwards, page by page. No lock is held while they do, since they
 * go through intake like everything else; two processes at the same page repeat each other's work, without harm.
 */
export function createInbox(dependencies: InboxDependencies): Inbox {
  const { db, clock, log, leads = () => false } = dependencies;
  const bell = createBell();
  let stopping: AbortController | undefined;
  let running: Promise<void> = Promise.resolve();

  async function keep(connection: string, notices: readonly Notice[]): Promise<void> {
    const kept = await insertNotices(db, { connection, notices, at: clock.now() });
    bell.ring();
    const urgent = kept.filter(({ notice }) => asksToStop(notice));
    if (urgent.length === 0) return;
    const ended = new AbortController();
    await Promise.race([
      apply(urgent).finally(() => ended.abort()),
      sleep(patienceMs, undefined, { signal: ended.signal }).catch(() => undefined),
    ]);
  }

  /** A page at once; when that fails, one by one, so that a notice that cannot take effect holds up nobody else. */
  async function apply(rows: readonly InboxRow[]): Promise<number> {
    try {
      await applyNotices(dependencies, rows);
      return rows.length;
    } catch (error) {
      const [row, ...others] = rows;
      if (row === undefined) return 0;
      if (others.length === 0) return fail(row, error);
      let applied = 0;
      for (const each of rows) applied += await apply([each]);
      return applied;
    }
  }

  /** What asks us to stop is never given up: it waits until somebody has mended what is in its way. */
  async function fail(row: InboxRow, failure: unknown): Promise<0> {
    const isHopeless = isUnusable(failure) && !asksToStop(row.notice);
    return isHopeless ? setAside(row, failure) : park(row, failure);
  }

  async function setAside({ id, connection, notice }: InboxRow, failure: unknown): Promise<0> {
    const error = kindOfFailure(failure);
    await giveUp(db, id, { error, at: clock.now() });
    log?.warn(
      { notice: id, connection, kind: notice.kind, at: notice.at, error },
      'a receipt holds what cannot be right and was set aside; it is not tried again',
    );
    return 0;
  }

  /** Back-off is measured in wall time, whatever the clock says. */
  async function park(row: InboxRow, failure: unknown): Promise<0> {
    const backOff = Math.min(longestBackOffMs, firstBackOffMs * 2 ** row.attempts);
    log?.warn({ err: failure, notice: row.id }, 'a receipt could not take effect; it is tried again');
    await putOff(db, row.id, {
      error: kindOfFailure(failure),
      nextAttemptAt: Date.now() + backOff,
      // The database is away as well: the row stays as it was and is read again.
    }).catch(() => undefined);
    return 0;
  }

  async function drain(): Promise<number> {
    let applied = 0;
    for (;;) {
      const rows = await readWaiting(db, { now: Date.now(), limit: pageSize });
      if (rows.length === 0) return applied;
      const done = await apply(rows);
      applied += done;
      if (done === 0 || stopping?.signal.aborted === true) return applied;
    }
  }

  async function work(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (leads()) await drain();
      } catch (error) {
        log?.warn({ err: error }, 'the inbox cannot be read; it is tried again');
      }
      await bell.wait(pollMs);
    }
  }

  return {
    keep,
    drain,
    start() {
      if (stopping !== undefined) return;
      stopping = new AbortController();
      running = work(stopping.signal);
    },
    async stop() {
      stopping?.abort();
      bell.ring();
      await running;
      stopping = undefined;
    },
  };
}

/** Has to be in force before the provider is thanked. */
function asksToStop(notice: Notice): boolean {
  if (notice.kind === 'failed' || notice.kind === 'refused') return notice.class === 'opted-out';
  return notice.kind === 'inbound' || notice.kind === 'complained' || notice.kind === 'unsubscribed';
}
