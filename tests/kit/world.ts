import { afterAll } from 'vitest';
import { startSimulationServer } from '../../engine/start-simulation-server.ts';
import { openStage, type Stage, type StageOptions } from '../../simulation/stage.ts';
import { createWorld, type World, type WorldOptions } from '../../simulation/world.ts';
import { checkout } from './checkout.ts';
import { createTestDatabase } from './database.ts';

export type OpenWorld = (startAt: string, options?: Partial<WorldOptions>) => Promise<World>;

/**
 * Worlds for one test file. They share a stage, which opens with the first of them; each has a database of its own.
 * All of them are closed after the last test.
 */
export function useWorlds(options: Omit<StageOptions, 'temporal'> = {}): OpenWorld {
  let stage: Promise<Stage> | undefined;
  const closers: (() => Promise<void>)[] = [];

  async function open(): Promise<Stage> {
    const server = await startSimulationServer({ checkout });
    const opened = await openStage({ temporal: server, ...options });
    closers.unshift(
      () => server.stop(),
      () => opened.close(),
    );
    return opened;
  }

  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  return async (startAt, worldOptions = {}) => {
    stage ??= open();
    const [onStage, database] = await Promise.all([stage, createTestDatabase()]);
    const world = await createWorld({ stage: onStage, databaseUrl: database.url, startAt, ...worldOptions });
    closers.push(
      () => database.close(),
      () => world.close(),
    );
    return world;
  };
}
