import { afterAll, afterEach } from 'vitest';
import { startSimulationServer } from '../../engine/start-simulation-server.ts';
import { openStage, type Stage, type StageOptions } from '../../simulation/stage.ts';
import { createWorld, type World, type WorldOptions } from '../../simulation/world.ts';
import { checkout } from './checkout.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { emptyDatabase } from './empty-database.ts';

export type OpenWorld = (startAt: string, options?: Partial<WorldOptions>) => Promise<World>;

/**
 * Worlds for one test file. They share a stage, which opens with the first of them; each has a database of its own.
 * A world is closed after the test that opened it.
 */
export function useWorlds(options: Omit<StageOptions, 'temporal'> = {}): OpenWorld {
  let stage: Promise<{ stage: Stage; close: () => Promise<void> }> | undefined;
  const idle: TestDatabase[] = [];
  let open: { world: World; database: TestDatabase }[] = [];

  afterEach(async () => {
    const closing = open;
    open = [];
    for (const { world, database } of closing) {
      await world.close();
      await emptyDatabase(database.db);
      idle.push(database);
    }
  });

  afterAll(async () => {
    for (const database of idle) await database.close();
    await (await stage)?.close();
  });

  return async (startAt, worldOptions = {}) => {
    stage ??= openShared(options);
    const database = idle.pop() ?? (await createTestDatabase());
    const world = await createWorld({
      stage: (await stage).stage,
      databaseUrl: database.url,
      startAt,
      ...worldOptions,
    });
    open.push({ world, database });
    return world;
  };
}

async function openShared(options: Omit<StageOptions, 'temporal'>) {
  const server = await startSimulationServer({ checkout });
  const stage = await openStage({ temporal: server, ...options });
  return {
    stage,
    async close() {
      await stage.close();
      await server.stop();
    },
  };
}
