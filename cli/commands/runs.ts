import { Option, type Command } from 'commander';
import type { ListedRun, RunFilter } from '../../client/list-runs.ts';
import { toIso } from '../../domain/instant.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { withShop } from '../with-shop.ts';
import type { Row } from '../output.ts';
import { parseCount } from '../parse-options.ts';

export function runsCommand(): Command {
  return createCommand('runs', 'list who is, or was, in which journey', [
    'runs',
    'runs --journey abandoned-cart --state open',
    'runs --limit 500 --json',
  ])
    .option('--journey <name>', 'only this journey')
    .addOption(new Option('--state <state>', 'only runs in this state').choices(['open', 'sealed', 'closed']))
    .option('--limit <rows>', 'most rows, newest first', parseCount, 50)
    .action((options: RunFilter & CommonOptions) =>
      runCommand(options, (output) =>
        withShop(output, async ({ client }) => {
          const runs = await client.runs(options);
          output.data(runs);
          if (runs.length === 0) output.say(nobody(options));
          output.table(runs.map(toRow));
        }),
      ),
    );
}

function nobody({ journey, state }: RunFilter): string {
  if (journey !== undefined || state !== undefined) return 'There are no such runs.';
  return 'Nobody is in a journey yet. `npx perennial track --example cart.updated` begins one.';
}

function toRow(run: ListedRun): Row {
  return {
    run: run.id,
    customer: run.customer ?? '',
    journey: `${run.journey}@${run.version}`,
    entry: run.entry,
    state: run.state,
    opened: toIso(run.openedAt),
    due: toIso(run.dueAt),
    ended: run.exitReason ?? '',
  };
}
