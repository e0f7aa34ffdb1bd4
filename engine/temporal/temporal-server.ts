import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

import { PerennialError } from '../../domain/perennial-error.ts';
import { diskFullError, saysDiskFull } from '../disk-full.ts';
import { assertPortFree } from '../ports.ts';
import { endProcess, isAlive, type ProcessIdentity } from '../process-identity.ts';
import { lastLogLines, logLength, startBackground } from '../start-background.ts';
import { waitForNamespace } from './namespace.ts';

export interface TemporalServerOptions {
  readonly executable: string;
  readonly port: number;
  /** Without it there is no web UI. */
  readonly uiPort?: number;
  readonly namespace: string;
  /** SQLite file; without it everything is in memory and gone with the process. */
  readonly databaseFile?: string;
  readonly timeSkipping: boolean;
  readonly logFile: string;
  /** Told of the process at once, before it is ready: whoever is killed meanwhile must be able to find it. */
  readonly onSpawned?: (server: ProcessIdentity) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const readyLimitMs = 60_000;
const stopPatienceMs = 10_000;

/**
 * One machine has one shop on it: the limits that protect tenants of a cluster from one another
 * would only slow it down (the default of 2,400 requests a second per namespace is below what it does).
 */
const openLimits: Readonly<Record<string, string>> = {
  'frontend.rps': '100000',
  'frontend.namespaceRPS': '100000',
  'frontend.namespaceCount': '10000',
  'frontend.namespaceRPS.visibility': '1000',
  'frontend.persistenceMaxQPS': '100000',
  'matching.rps': '100000',
  'matching.persistenceMaxQPS': '100000',
  'history.rps': '100000',
  'history.persistenceMaxQPS': '100000',
};

/**
 * Time skipping, and the two settings that make a skipped timer cost 55 ms instead of a second.
 * The second name is that of later servers; an unknown one is ignored.
 */
const timeSkippingConfig: Readonly<Record<string, string>> = {
  'frontend.WorkflowTimeSkippingEnabled': 'true',
  'system.workflowTimeSkippingEnabled': 'true',
  'history.timerProcessorMaxTimeShift': '"10ms"',
  'history.timerProcessorMaxPollRPS': '1000',
};

/**
 * Starts a Temporal server on loopback and waits until it answers for its namespace.
 *
 * @throws PerennialError `engine-port-busy`, `engine-disk-full` or `engine-start-failed` with the
 *   last lines of its log; nothing is left running
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<ProcessIdentity> {
  await assertPortFree(options.port, 'the Temporal server', 'choose another with PERENNIAL_TEMPORAL_PORT');
  if (options.uiPort !== undefined) {
    await assertPortFree(
      options.uiPort,
      'the web UI of Temporal',
      'choose another with PERENNIAL_TEMPORAL_UI_PORT',
    );
  }
  const folder = dirname(options.databaseFile ?? options.logFile);
  mkdirSync(folder, { recursive: true });

  const logSince = logLength(options.logFile);
  const server = await startBackground(options.executable, commandLine(options), {
    logFile: options.logFile,
    environment: options.environment,
    folder,
  });
  if (server instanceof Error) throw startFailure(options, logSince, server);

  options.onSpawned?.(server);
  const deadline = Date.now() + readyLimitMs;
  const isReady = await waitForNamespace({
    address: `127.0.0.1:${options.port}`,
    namespace: options.namespace,
    shouldGiveUp: () => !isAlive(server) || Date.now() > deadline,
  });
  // Somebody else may have taken the port between the look and the start, and be the one who answers.
  if (isReady && isAlive(server)) return server;
  await stopTemporalServer(server);
  throw startFailure(options, logSince);
}

/** Ends it in order, or at once when all it knows is in memory and may go. What it accepted is in its file. */
export function stopTemporalServer(
  server: ProcessIdentity,
  { isThrowAway = false }: { isThrowAway?: boolean } = {},
): Promise<void> {
  return endProcess(server, { signal: isThrowAway ? 'SIGKILL' : 'SIGTERM', patienceMs: stopPatienceMs });
}

function commandLine(options: TemporalServerOptions): string[] {
  const dynamicConfig = { ...openLimits, ...(options.timeSkipping ? timeSkippingConfig : {}) };
  return [
    'server',
    'start-dev',
    '--ip=127.0.0.1',
    `--port=${options.port}`,
    `--namespace=${options.namespace}`,
    '--log-level=error',
    ...(options.uiPort === undefined ? ['--headless'] : [`--ui-port=${options.uiPort}`]),
    ...(options.databaseFile === undefined ? [] : storage(options.databaseFile)),
    ...Object.entries(dynamicConfig).map(([key, value]) => `--dynamic-config-value=${key}=${value}`),
  ];
}

/** With exclusive locking a second server on the same file fails instead of corrupting the first. */
function storage(databaseFile: string): string[] {
  return [
    `--db-filename=${databaseFile}`,
    '--sqlite-pragma=journal_mode=wal',
    '--sqlite-pragma=locking_mode=exclusive',
  ];
}

function startFailure(options: TemporalServerOptions, logSince: number, cause?: Error): PerennialError {
  const said = lastLogLines(options.logFile, logSince);
  const folder = dirname(options.databaseFile ?? options.logFile);
  if (saysDiskFull([...said, String(cause)])) return diskFullError(folder, cause);
  if (said.some((line) => /address already in use/i.test(line))) {
    return new PerennialError(
      'engine-port-busy',
      `Another program took port ${options.port} while the Temporal server was starting. Run the same command again, or choose another port with PERENNIAL_TEMPORAL_PORT.`,
      { retryable: true },
    );
  }
  if (said.some((line) => /database is locked/i.test(line))) {
    return new PerennialError(
      'engine-data-in-use',
      `Another Temporal server has ${options.databaseFile ?? 'the database'} open. End it, or choose another data folder.`,
      { retryable: true },
    );
  }
  const reason = cause === undefined ? '' : ` (${cause.message})`;
  return new PerennialError(
    'engine-start-failed',
    `The Temporal server ${options.executable} did not start${reason}. The last lines of ${options.logFile}:\n  ${said.join('\n  ')}\nIf its file was built for another machine, delete it and run \`npx perennial engine build\`.`,
    { cause, retryable: true },
  );
}
