import { readEnvironment } from '../config/environment.ts';
import type { Stage } from '../simulation/stage.ts';
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
  } finally {
    for (const close of closers) await close();
  }
}
