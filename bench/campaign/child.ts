import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of the benchmark. It says something when it is ready, and answers a question with its use of the machine. */
export interface Child {
  readonly pid: number | undefined;
  /** What it said when it was ready. */
  readonly ready: unknown;
  ask(): Promise<unknown>;
  /** `kill -9`; resolves when it is gone, as `stop` does. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startChild(file: string, setting: object): Promise<Child> {
  const child = fork(file, [JSON.stringify(setting)], {
    execArgv: ['--import', 'tsx', ...nodeOptionsOfChildren()],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const gone = once(child, 'exit');
  const [ready] = await Promise.race([
    once(child, 'message'),
    gone.then(([code]) => {
      throw new Error(`${file} ended with ${code} before it was ready`);
    }),
  ]);
  return {
    pid: child.pid,
    ready,
    async ask() {
      child.send('usage');
      const [answer] = await once(child, 'message');
      return answer;
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

/** Such as `--cpu-prof`. */
function nodeOptionsOfChildren(): readonly string[] {
  return process.execArgv.filter((option) => option.startsWith('--cpu-prof'));
}

/** Answers every question of the parent, and ends with it; a child calls it once, when it is ready. */
export function answerUsage(): void {
  process.once('disconnect', () => process.exit());
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuSeconds: (user + system) / 1e6, rssMb: process.memoryUsage.rss() / 1024 ** 2 });
  });
  process.send?.('ready');
}
