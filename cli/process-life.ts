import { reportFailure } from './report-failure.ts';

/** What a long-lived process consists of. */
export interface Life {
  /** Settles when it ends by itself, which it should not. */
  readonly ended: Promise<unknown>;
  /** Finishes what is in flight and lets go of everything. */
  stop(): Promise<void>;
}

/**
 * Starts a process's work, says `ready` to a supervisor if there is one, and stops when it is asked to (SIGTERM, SIGINT,
 * or the supervisor's end). A failure is told in words and ends the process with 1, so that a supervisor starts it again.
 */
export async function runUntilStopped(name: string, begin: () => Promise<Life>): Promise<void> {
  const asked = whenAskedToStop();
  try {
    const life = await begin();
    process.send?.('ready');
    const early = life.ended.then(() => 'ended' as const);
    const why = await Promise.race([asked, early]);
    await life.stop();
    if (why === 'ended') throw new Error(`the ${name} ended by itself`);
    process.exit(0);
  } catch (error) {
    reportFailure(error, { json: false, debug: process.env['PERENNIAL_DEBUG'] === '1' });
    process.exit(1);
  }
}

function whenAskedToStop(): Promise<'asked'> {
  return new Promise((resolve) => {
    const stop = () => resolve('asked');
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    process.once('disconnect', stop);
  });
}
