import { Command } from 'commander';
import { exitCode } from './exit-code.ts';
import { createOutput, type Output } from './output.ts';
import { reportFailure } from './report-failure.ts';

export interface CommonOptions {
  readonly json?: boolean;
}

/** A command with help that shows how it is used, and `--json` for scripts. */
export function createCommand(name: string, description: string, examples: readonly string[]): Command {
  return createGroup(name, description, examples).option('--json', 'print the result as JSON');
}

/** A word that does nothing by itself, such as `campaign` in `campaign list`. Each of its commands has a `--json` of its own. */
export function createGroup(name: string, description: string, examples: readonly string[]): Command {
  return new Command(name).description(description).addHelpText('after', examplesText(examples));
}

export function examplesText(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  npx perennial ${example}`).join('\n')}`;
}

/**
 * Runs the work of a command: prints what it finds, reports what goes wrong in words, and sets the exit code
 * (0 done, 1 not done or something found wrong, 2 typed wrongly).
 */
export async function runCommand(
  options: CommonOptions,
  work: (output: Output) => Promise<number | void>,
): Promise<void> {
  try {
    process.exitCode = (await work(createOutput(options))) ?? exitCode.success;
  } catch (error) {
    reportFailure(error, { json: options.json ?? false, debug: process.env['PERENNIAL_DEBUG'] === '1' });
    process.exitCode = exitCode.failure;
  }
}
