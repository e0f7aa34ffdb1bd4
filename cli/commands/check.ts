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
        const mistakes = findings.filter(({ warning }) => warning !== true).length;
        output.say(lastLine(mistakes, findings.length - mistakes));
        return mistakes === 0 ? exitCode.success : exitCode.failure;
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
    { checkFirstWords },
    { default: shop },
  ] = await Promise.all([
    import('../../delivery/rendering/check.ts'),
    import('../../lint/check-stories.ts'),
    import('../../workflows/write-index.ts'),
    import('../../workflows/release.ts'),
    import('../../workflows/recorded-inputs.ts'),
    import('../../templates/index.ts'),
    import('../../delivery/wordings-of-shop.ts'),
    import('../new/check-first-words.ts'),
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
    checkFirstWords({ checkout }),
  ]);
  return [...checkShop(shop), ...found.flat()];
}

function lineOf({ file, line, column, rule, sentence, warning = false }: Finding): string {
  return `${file}:${line}:${column}  ${rule}${warning ? ' (warning)' : ''}\n  ${sentence}`;
}

function lastLine(mistakes: number, warnings: number): string {
  const warned = `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
  if (mistakes > 0) return `\n${mistakes} to put right${warnings === 0 ? '' : `, ${warned}`}.`;
  return warnings === 0
    ? 'Journeys and messages are in order.'
    : `\nJourneys and messages are in order, with ${warned}.`;
}
