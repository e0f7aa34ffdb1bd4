import { createLog, type Log } from '../config/log.ts';
import { readEnvironment } from '../config/environment.ts';
import { reportFailure } from './report-failure.ts';

/** What a long-lived process consists of. */
export interface Life {
  /** Settles when it ends by itself, which it should not. */
  readonly ended: Promise<unknown>;
  /** Finishes what is in flight and lets go of everything. */
  stop(): Promise<void>;
}

export interface StopOptions {
  /** A stop takes so long at most, in milliseconds. Default 35,000: a request to a provider has 15 seconds, an activity 30. */
  readonly longestStopMs?: number;
}

const signals = ['SIGINT', 'SIGTERM'] as const;
type StopSignal = (typeof signals)[number];
const signalNumbers: Readonly<Record<StopSignal, number>> = { SIGINT: 2, SIGTERM: 15 };

/**
 * Starts a process's work, says `ready` to a supervisor if there is one, and stops when it is asked to (SIGTERM, SIGINT,
 * or the supervisor's end). A failure is told in words and ends the process with 1, so that a supervisor starts it again.
 *
 * A stop takes 35 seconds at most; what is still held then is left to other processes, as after a crash. The same signal
 * once more ends the process at once. (Ctrl-C reaches supervisor and child, and the supervisor then sends SIGTERM as well:
 * so only a repetition counts.)
 */
export async function runUntilStopped(
  name: string,
  begin: () => Promise<Life>,
  { longestStopMs = 35_000 }: StopOptions = {},
): Promise<void> {
  const asked = whenAskedToStop();
  try {
    const log = createLog(name, readEnvironment().logLevel);
    const life = await begin();
    process.send?.('ready');
    const why = await Promise.race([asked, life.ended.then(() => 'ended' as const)]);
    if (why === 'ended') {
      await stopInTime(life, log, longestStopMs);
      throw new Error(`the ${name} ended by itself`);
    }
    log.info(
      { signal: why },
      `Stopping after ${why}: what is in hand is finished first, in ${longestStopMs / 1000} s at most.`,
    );
    endAtOnceWhenRepeated(why, log);
    process.exit((await stopInTime(life, log, longestStopMs)) ? 0 : 1);
  } catch (error) {
    reportFailure(error, { json: false, debug: process.env['PERENNIAL_DEBUG'] === '1' });
    process.exit(1);
  }
}

/** What asked us to stop, in the words of the log. */
function whenAskedToStop(): Promise<StopSignal | 'the end of the supervisor'> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve(signal));
    process.once('disconnect', () => resolve('the end of the supervisor'));
  });
}

function endAtOnceWhenRepeated(why: string, log: Log): void {
  const seen = new Set([why]);
  for (const signal of signals) {
    process.on(signal, () => {
      if (!seen.has(signal)) return void seen.add(signal);
      log.warn({ signal }, `Ending at once after a second ${signal}.`);
      process.exit(128 + signalNumbers[signal]);
    });
  }
}

/** @returns whether everything was finished or let go */
async function stopInTime(life: Life, log: Log, longestStopMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), longestStopMs);
  });
  const inTime = await Promise.race([life.stop().then(() => true), late]);
  clearTimeout(timer);
  if (!inTime)
    log.warn(
      {},
      'The stop took too long. What was still in hand is settled by other processes, as after a crash.',
    );
  return inTime;
}
