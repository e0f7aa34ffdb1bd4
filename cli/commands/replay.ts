import type { Command } from 'commander';
import { readEnvironment } from '../../config/environment.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { silenceReplayer } from '../silence-replayer.ts';
import { exitCode } from '../exit-code.ts';
import type { Output } from '../output.ts';
import { parseCount } from '../parse-options.ts';
import type { ReplayResult } from '../../workflows/replay.ts';

interface ReplayOptions extends CommonOptions {
  readonly recorded?: boolean;
  readonly limit: number;
}

export function replayCommand(): Command {
  return createCommand(
    'replay',
    'play the histories of real runs against the working copy; the runs notice nothing',
    ['replay', 'replay --recorded', 'replay --limit 10000 --json'],
  )
    .option('--recorded', 'the histories in tests/histories instead; needs no server')
    .option('--limit <runs>', 'most runs to look at', parseCount, 1000)
    .action((options: ReplayOptions) =>
      runCommand(options, async (output) => {
        await silenceReplayer();
        const results =
          options.recorded === true ? await replayRecordedRuns() : await replayLiveRuns(options, output);
        const harmed = results.filter((result) => result.difference !== undefined);
        output.data({ replayed: results.length, harmed });
        for (const { run, difference } of harmed) output.say(`✗ ${run}\n  ${difference}`);
        output.say(`${results.length} replayed, ${harmed.length} would break.`);
        return harmed.length === 0 ? exitCode.success : exitCode.failure;
      }),
    );
}

async function replayRecordedRuns(): Promise<ReplayResult[]> {
  const { replayRecorded } = await import('../../workflows/replay.ts');
  return replayRecorded({ checkout: readEnvironment().checkout });
}

async function replayLiveRuns({ limit }: ReplayOptions, output: Output): Promise<ReplayResult[]> {
  const [{ replay }, { withTemporal }] = await Promise.all([
    import('../../workflows/replay.ts'),
    import('../with-temporal.ts'),
  ]);
  output.progress(`Reading up to ${limit} live runs…`);
  return withTemporal((client) => replay(client, { limit }));
}
