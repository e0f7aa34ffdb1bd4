import { readEnvironment } from '../config/environment.ts';
import type { Stage } from '../simulation/stage.ts';
import { exitCode } from './exit-code.ts';
import type { Output } from './output.ts';

export interface StageForCommand {
  readonly stage: Stage;
  /** A migrated database for one world, dropped when the command ends. */
  readonly databaseUrl: string;
}

/** Opens what a simulation needs (a Temporal server with virtual time, a throw-away database), and closes it whatever happens. */
export async function withStage<Result>(
  output: Output,
  work: (stage: StageForCommand) => Promise<Result>,
): Promise<Result> {
  const [{ startSimulationServer }, { startTestDatabaseServer }, { openStage }, { createThrowAwayDatabase }] =
    await Promise.all([
      import('../engine/start-simulation-server.ts'),
      import('../engine/start-test-database-server.ts'),
      import('../simulation/stage.ts'),
      import('../simulation/throw-away-database.ts'),
    ]);
  const { checkout } = readEnvironment();
  const closers: (() => Promise<unknown>)[] = [];
  let interrupted = false;
  const ignoreInterrupts = onInterrupt(() => {
    interrupted = true;
    return closeAll(closers);
  });
  try {
    const temporal = await startSimulationServer({ checkout, onProgress: output.progress });
    closers.unshift(() => temporal.stop());
    const postgres = await startTestDatabaseServer({ checkout, onProgress: output.progress });
    closers.unshift(() => postgres.stop());
    const database = await createThrowAwayDatabase(postgres.url);
    closers.unshift(() => database.drop());
    const stage = await openStage({ temporal });
    closers.unshift(() => stage.close());
    return await work({ stage, databaseUrl: database.url });
  } catch (error) {
    // What was taken away from under it by Ctrl-C is no news; the process is about to end.
    if (interrupted) return await new Promise<never>(() => undefined);
    throw error;
  } finally {
    ignoreInterrupts();
    await closeAll(closers);
  }
}

async function closeAll(closers: (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closers.splice(0)) await close();
}

/** Longer than a worker needs for what it holds; then whoever waits is let go. */
const mostSecondsToClose = 10;

/** On Ctrl-C what was opened is closed, so that no server stays behind. @returns stops listening */
function onInterrupt(clean: () => Promise<void>): () => void {
  const stop = () => {
    const end = () => process.exit(exitCode.interrupted);
    setTimeout(end, mostSecondsToClose * 1000).unref();
    void clean().then(end, end);
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  return () => process.off('SIGINT', stop).off('SIGTERM', stop);
}
