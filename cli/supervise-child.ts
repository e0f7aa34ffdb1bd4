import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface SupervisedChild {
  /** Of the moment; another after a restart. */
  readonly pid: number | undefined;
  /** Asks it to finish what it holds, waits up to the grace time, then ends it. */
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  readonly name: string;
  /** The module to run in a Node process of its own. */
  readonly module: string;
  readonly execArgv: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long a stop may take, in milliseconds. Default 37,000: the processes of a shop give themselves 35 seconds. */
  readonly graceMs?: number;
  readonly onLine: (line: string) => void;
  readonly onEvent: (event: {
    readonly what: 'started' | 'ready' | 'died' | 'stopped';
    readonly detail: string;
  }) => void;
}

const shortestPause = 200;
const longestPause = 2000;
/** Whoever lived that long may die once without being made to wait. */
const healthyAfter = 10_000;

/**
 * Keeps one child process alive until `stop()`: whatever ends it, also `kill -9`, it is started again, with a growing pause
 * when it does not live long. The child sees `disconnect` when we die, so that nobody is left behind.
 */
export function superviseChild(options: SuperviseOptions): SupervisedChild {
  let child: ChildProcess | undefined;
  let stopping = false;
  let pause = shortestPause;
  let timer: NodeJS.Timeout | undefined;

  function start(): void {
    const startedAt = performance.now();
    child = fork(options.module, [], {
      execArgv: [...options.execArgv],
      env: { ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', options.onLine);
    }
    options.onEvent({ what: 'started', detail: `process ${child.pid}` });
    child.on('message', (message) => {
      if (message === 'ready') options.onEvent({ what: 'ready', detail: `process ${child?.pid}` });
    });
    child.once('error', (error) => options.onEvent({ what: 'died', detail: error.message }));
    child.once('exit', (code, signal) => {
      if (stopping) return;
      options.onEvent({ what: 'died', detail: signal ?? `exit code ${code}` });
      pause =
        performance.now() - startedAt > healthyAfter ? shortestPause : Math.min(pause * 2, longestPause);
      timer = setTimeout(start, pause);
    });
  }

  async function stop(): Promise<void> {
    stopping = true;
    clearTimeout(timer);
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    const force = setTimeout(() => running.kill('SIGKILL'), options.graceMs ?? 37_000);
    await ended;
    clearTimeout(force);
    options.onEvent({ what: 'stopped', detail: options.name });
  }

  start();
  return {
    get pid() {
      return child?.pid;
    },
    stop,
  };
}
