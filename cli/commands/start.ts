import type { Command } from 'commander';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';

export function startCommand(): Command {
  return createCommand(
    'start',
    'run everything on this machine until Ctrl-C: Temporal, PostgreSQL, worker, server',
    ['start', 'start --json'],
  ).action((options: CommonOptions) =>
    runCommand(options, async (output) => {
      const { startEverything } = await import('../start-everything.ts');
      return startEverything(output);
    }),
  );
}
