import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { PerennialError } from '../../domain/perennial-error.ts';
import { toIso, type Instant } from '../../domain/instant.ts';
import { createCommand, runCommand, type CommonOptions } from '../command.ts';
import { parseInstant } from '../parse-options.ts';
import { showExplanations } from '../show/explanations.ts';
import { showTimeline } from '../show/timeline.ts';
import { withStage } from '../with-stage.ts';

interface SimulateOptions extends CommonOptions {
  readonly scenario: string;
  readonly at?: Instant;
  readonly explain?: boolean;
}

export function simulateCommand(): Command {
  return createCommand('simulate', 'play a scenario through a journey in virtual time: weeks in seconds', [
    'simulate abandoned-cart --scenario examples/scenarios/left-cart.json',
    'simulate abandoned-cart --scenario examples/scenarios/left-cart.json --at 2027-03-27T22:00:00Z',
    'simulate abandoned-cart --scenario examples/scenarios/left-cart.json --explain',
  ])
    .argument('<journey>', 'whose beginnings and ends are shown; all journeys are played')
    .requiredOption('--scenario <file>', 'what happens, and when (JSON)')
    .option('--at <instant>', 'when it begins, in any year', parseInstant)
    .option('--explain', 'show afterwards, for each customer, every message with what each gate saw')
    .action((journey: string, options: SimulateOptions) =>
      runCommand(options, async (output) => {
        const { parseScenario } = await import('../../simulation/scenario.ts');
        const scenario = parseScenario(await readScenario(options.scenario), options.scenario);
        await withStage(output, async ({ stage, databaseUrl }) => {
          assertJourney(
            journey,
            stage.journeys.map(({ name }) => name),
          );
          const { simulate } = await import('../../simulation/simulate.ts');
          const { at, explain: explains = false } = options;
          const result = await simulate({
            stage,
            databaseUrl,
            scenario,
            journey,
            explains,
            ...(at === undefined ? {} : { at }),
          });
          output.data(result);
          output.say(showTimeline(result.timeline));
          if (explains) output.say(showExplanations(result.explanations));
          output.say(
            `\nPlayed from ${toIso(result.startedAt)} to ${toIso(result.endedAt)}; ${result.sent.length} sent.`,
          );
        });
      }),
    );
}

async function readScenario(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new PerennialError(
      'file-unreadable',
      `"${file}" cannot be read. Give a scenario file; examples/scenarios/ has some.`,
      { cause },
    );
  }
}

function assertJourney(journey: string, names: readonly string[]): void {
  if (names.includes(journey)) return;
  throw new PerennialError(
    'journey-unknown',
    `There is no journey "${journey}". There are: ${[...new Set(names)].join(', ')}.`,
  );
}
