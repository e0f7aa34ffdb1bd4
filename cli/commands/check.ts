import { join } from 'node:path';
import type { Command } from 'commander';
import { readEnvironment } from '../../config/environment.ts';
import type { Finding } from '../../domain/finding.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { exitCode } from '../exit-code.ts';

interface CheckOptions extends CommonOptions {
  readonly write?: boolean;
}

export function checkCommand(): Command {
  return createCommand('check', 'find mistakes in journeys and messages before anyone meets them', [
    'check',
    'check --write',
    'check --json',
  ])
    .option('--write', 'also write the index of the journeys, workflows/index.ts')
    .action((options: CheckOptions) =>
      runCommand(options, async (output) => {
        const findings = await findMistakes(readEnvironment().checkout, options.write ?? false);
        output.data(findings);
        for (const finding of findings) output.say(lineOf(finding));
        output.say(
          findings.length === 0
            ? 'Journeys and messages are in order.'
            : `\n${findings.length} to put right.`,
        );
        return findings.length === 0 ? exitCode.success : exitCode.failure;
      }),
    );
}

/** Loaded only when the command runs: MJML alone takes half a second. */
async function findMistakes(checkout: string, write: boolean): Promise<Finding[]> {
  const [
    { checkMessages },
    { checkStories },
    { checkIndex, writeIndex },
    { checkReleased },
    { checkRecordedInputs },
    { messages },
    { checkShop, wordingRules, wordingsOf },
    { default: shop },
  ] = await Promise.all([
    import('../../delivery/rendering/check.ts'),
    import('../../lint/check-stories.ts'),
    import('../../workflows/write-index.ts'),
    import('../../workflows/release.ts'),
    import('../../workflows/recorded-inputs.ts'),
    import('../../templates/index.ts'),
    import('../../delivery/wordings-of-shop.ts'),
    import('../../perennial.config.ts'),
  ]);
  if (write) await writeIndex({ checkout });
  const found = await Promise.all([
    checkStories({ checkout }),
    checkIndex({ checkout }),
    checkReleased({ checkout }),
    checkRecordedInputs({ checkout, messages }),
    checkMessages({
      folder: join(checkout, 'templates'),
      messages,
      brand: shop.brand,
      languages: shop.locales.supported,
      wordings: wordingsOf(shop),
      wordingRules,
    }),
  ]);
  return [...checkShop(shop), ...found.flat()];
}

function lineOf({ file, line, column, rule, sentence }: Finding): string {
  return `${file}:${line}:${column}  ${rule}\n  ${sentence}`;
}
