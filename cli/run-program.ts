import { CommanderError } from 'commander';
import { PerennialError } from '../domain/perennial-error.ts';
import { createProgram } from './create-program.ts';
import { exitCode } from './exit-code.ts';
import { reportFailure } from './report-failure.ts';

/**
 * Runs the command line as it was typed, and sets the exit code. What was typed wrongly is told like every other failure:
 * in words to people, and with `--json` as JSON to scripts.
 */
export async function runProgram(words: readonly string[]): Promise<void> {
  const json = asksForJson(words);
  try {
    await createProgram({ quiet: json }).parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? exitCode.success : exitCode.usage;
    if (json && error.exitCode !== 0) reportFailure(asFailure(error), { json, debug: false });
  }
}

/** The words are not parsed yet, and may never be: so whoever writes `--json` anywhere gets JSON. */
function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** Commander's sentence, which it has begun with "error: ", and what to do next. */
function asFailure(cause: CommanderError): PerennialError {
  return new PerennialError('command-invalid', sentenceOf(cause), { cause });
}

function sentenceOf({ code, message }: CommanderError): string {
  if (code === 'commander.help')
    return 'A command is missing, or help was asked for one that does not exist. Add --help for those that there are.';
  if (message.includes("unknown option '--json'"))
    return 'No command stands before --json, as in: npx perennial status --json. Add --help for those that there are.';
  const sentence = message.replace(/^error: /, '').replaceAll('\n', ' ');
  const ended = /[.!?)]$/.test(sentence) ? sentence : `${sentence}.`;
  return `${ended} Add --help for what is allowed.`;
}
