import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

import { engineSurroundings, type EngineSurroundings } from '../config/engine-folders.ts';
import { freePort } from './ports.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';
import { shareServer } from './shared-server.ts';
import { readState, removeState, writeState } from './state-file.ts';
import { findOrBuildTemporal } from './temporal/find-temporal.ts';
import { doesTemporalAnswer } from './temporal/namespace.ts';
import { startTemporalServer, stopTemporalServer } from './temporal/temporal-server.ts';

export interface SimulationServer {
  readonly address: string;
  readonly namespace: string;
  stop(): Promise<void>;
}

const namespace = 'simulation';
const stateSchema = z.object({
  pid: z.number(),
  began: z.string(),
  port: z.number(),
  executable: z.string(),
});
type State = z.infer<typeof stateSchema>;

/** What it ran stays in its memory for days (80 KB a run): an idle one of this size is not used again. */
const tooLargeBytes = 1_000_000_000;

/**
 * A Temporal server with virtual time, in memory, on loopback: never a cluster, whatever the
 * environment says. It is shared by all processes of the checkout; the last one's `stop` ends it.
 *
 * @throws PerennialError what `findOrBuildTemporal` and the start throw
 */
export async function startSimulationServer(options: {
  checkout: string;
  onProgress?: (line: string) => void;
  surroundings?: EngineSurroundings;
}): Promise<SimulationServer> {
  const surroundings = options.surroundings ?? engineSurroundings();
  const { executable } = await findOrBuildTemporal({ ...options, surroundings });
  const folder = join(options.checkout, '.perennial', 'simulation');
  const stateFile = join(folder, 'server.json');
  const { server, stop } = await shareServer({
    folder,
    checkout: options.checkout,
    open: async (others) => {
      const running = await runningServer(stateFile, executable);
      if (running !== undefined && (others.count > 0 || !isTooLarge(running))) return running;
      if (running !== undefined) await end(running, stateFile);
      return start(executable, folder, stateFile, surroundings);
    },
    close: (closing) => end(closing, stateFile),
  });
  return { address: addressOf(server), namespace, stop };
}

async function start(
  executable: string,
  folder: string,
  stateFile: string,
  surroundings: EngineSurroundings,
): Promise<State> {
  const port = await freePort();
  const identity = await startTemporalServer({
    executable,
    port,
    namespace,
    timeSkipping: true,
    logFile: join(folder, 'temporal.log'),
    environment: surroundings.environment,
    // A kill while it starts must leave a trace, or nobody would ever end it.
    onSpawned: (spawned) => writeState(stateFile, { ...spawned, port, executable } satisfies State),
  });
  return { ...identity, port, executable };
}

/** The one that runs, if it answers and is of the same build; another is ended. */
async function runningServer(stateFile: string, executable: string): Promise<State | undefined> {
  const state = readState(stateFile, stateSchema);
  if (state === undefined || !isAlive(state)) return undefined;
  const isUsable = state.executable === executable && (await doesTemporalAnswer(addressOf(state), namespace));
  if (isUsable) return state;
  await end(state, stateFile);
  return undefined;
}

async function end(server: State, stateFile: string): Promise<void> {
  await stopTemporalServer(server, { isThrowAway: true });
  removeState(stateFile);
}

function addressOf(server: { port: number }): string {
  return `127.0.0.1:${server.port}`;
}

/** Resident memory is known on Linux only; elsewhere the server is taken as it is. */
function isTooLarge(server: ProcessIdentity): boolean {
  try {
    const resident = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1];
    return Number(resident ?? 0) * 1024 > tooLargeBytes;
  } catch {
    return false;
  }
}
