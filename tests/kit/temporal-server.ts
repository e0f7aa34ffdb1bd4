import { fileURLToPath } from 'node:url';
import { startSimulationServer } from '../../engine/start-simulation-server.ts';

const checkout = fileURLToPath(new URL('../..', import.meta.url));

/** The checkout's own Temporal server with virtual time; all test processes share it, and the last one ends it. */
export function temporalServer(): Promise<{ address: string; namespace: string; stop(): Promise<void> }> {
  return startSimulationServer({ checkout });
}
