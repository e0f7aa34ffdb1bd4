import type { Command } from 'commander';
import { readEnvironment } from '../../config/environment.ts';
import { silenceReplayer } from '../silence-replayer.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';

interface ReleaseOptions extends CommonOptions {
  readonly retire?: readonly `${string}@${number}`[];
}

export function releaseCommand(): Command {
  return createCommand(
    'release',
    'lock the journeys as they are; from then on an edit must be a new version',
    ['release', 'release --retire abandoned-cart@1'],
  )
    .option('--retire <journey@version...>', 'versions whose runs are all over and whose files are gone')
    .action((options: ReleaseOptions) =>
      runCommand(options, async (output) => {
        await silenceReplayer();
        const [{ releaseJourneys }, { checkFirstWords }] = await Promise.all([
          import('../../workflows/release.ts'),
          import('../new/check-first-words.ts'),
        ]);
        const { retire = [] } = options;
        const { checkout } = readEnvironment();
        const release = await releaseJourneys({ checkout, retire });
        output.data(release);
        const lines = Object.entries(release).flatMap(([what, types]) =>
          types.map((type: string) => `${what}  ${type}`),
        );
        output.say(lines.length === 0 ? 'Nothing has changed since the last release.' : lines.join('\n'));
        const forgotten = (await checkFirstWords({ checkout })).filter(({ warning }) => warning !== true);
        for (const { file, line, sentence } of forgotten) output.progress(`${file}:${line}  ${sentence}`);
      }),
    );
}
