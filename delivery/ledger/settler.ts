import { setTimeout as sleep } from 'node:timers/promises';
import { endAbandonedWaits } from '../../store/end-abandoned-waits.ts';
import type { Database } from '../../store/database.ts';
import { settleAbandoned } from './abandoned-attempts.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import { askAboutDue, type Tell } from './ask-about-due.ts';
import { noteSilent } from './silent-messages.ts';
import { withStoppableQuestions } from './stoppable-questions.ts';

export interface SettlerDependencies {
  readonly db: Database;
  readonly setting: LedgerSetting;
  /** Keeps what a provider said about a message, as if its receipt had come. */
  readonly tell: Tell;
  /** True in the one process that settles for all; asked all the time. Needed by `start` only. */
  readonly leads?: () => boolean;
  readonly log?: { warn(details: object, message: string): void };
  /** From one pass to the next, in milliseconds. Default 10 seconds. */
  readonly everyMs?: number;
}

export interface Settler {
  /** Settles whatever is due. May be called at any time, also while another process does the same. */
  pass(): Promise<void>;
  /** Passes again and again whenever this process leads, until `stop`. */
  start(): void;
  /** Waits for no provider: what was being asked stays as it is, for whoever settles next. */
  stop(): Promise<void>;
}

/** One pass: with which providers, and until when. */
interface Pass {
  readonly setting: LedgerSetting;
  readonly signal: AbortSignal;
}

/**
 * Sees to the rows that nobody else comes back to: attempts whose worker is gone, messages that wait for a run that has
 * ended, requests whose outcome nobody knows, and messages whose receipts do not come. It makes no request to send anything.
 */
export function createSettler(dependencies: SettlerDependencies): Settler {
  const { db, setting, tell, log, leads = () => false, everyMs = 10_000 } = dependencies;
  let stopping: AbortController | undefined;
  let running: Promise<void> = Promise.resolve();
  /** Everything with an earlier lease has been seen to. In memory: a new leader looks at all attempts once. */
  let abandonedUntil: number | undefined;
  let silentUntil: number | undefined;

  const steps = [
    async function abandoned({ setting, signal }: Pass) {
      abandonedUntil = await settleAbandoned(db, setting, abandonedUntil, signal);
    },
    async function waits() {
      await endAbandonedWaits(db, setting.clock.now());
    },
    async function silent({ setting }: Pass) {
      silentUntil = await noteSilent(db, setting, silentUntil);
    },
    async function doubts({ setting, signal }: Pass) {
      await askAboutDue(db, setting, tell, signal);
    },
  ];

  async function work(signal: AbortSignal): Promise<void> {
    const stoppable = { signal, setting: withStoppableQuestions(setting, signal) };
    while (!signal.aborted) {
      if (leads()) await passQuietly(stoppable);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A step that fails is tried again with the next pass, and holds up none of the others. */
  async function passQuietly(pass: Pass): Promise<void> {
    for (const step of steps) {
      if (pass.signal.aborted || !leads()) return;
      await step(pass).catch((error: unknown) =>
        log?.warn({ err: error, step: step.name }, 'not everything could be settled; it is tried again'),
      );
    }
  }

  return {
    async pass() {
      for (const step of steps) await step({ setting, signal: new AbortController().signal });
    },
    start() {
      if (stopping !== undefined) return;
      stopping = new AbortController();
      running = work(stopping.signal);
    },
    async stop() {
      stopping?.abort();
      await running;
      stopping = undefined;
    },
  };
}
