import type { Environment } from '../config/environment.ts';
import { startEngine, type Engine, type StartEngineOptions } from './start-engine.ts';

/** Starts, or attaches to, the engine that the environment asks for. */
export function startEngineFor(
  environment: Environment,
  options: Pick<StartEngineOptions, 'supervise' | 'onProgress' | 'onEvent'>,
): Promise<Engine> {
  const { checkout, dataFolder, databaseUrl, temporalAddress, enginePorts } = environment;
  return startEngine({
    checkout,
    dataFolder,
    ports: enginePorts,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(temporalAddress === undefined ? {} : { temporalAddress }),
    ...options,
  });
}
