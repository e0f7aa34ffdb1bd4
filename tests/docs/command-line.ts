import type { Command } from 'commander';
import { createProgram } from '../../cli/create-program.ts';

/** The programs of a line of shell, each with its words: `cat x | npx perennial track -` has two. Redirections are left out. */
export function parseCommandLine(line: string): string[][] {
  const words = line.match(/(?:"[^"]*"|'[^']*'|[^\s"'|<>&])+|\|\||&&|[|<>&]/g) ?? [];
  const programs: string[][] = [[]];
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (['|', '||', '&&', '&'].includes(word)) programs.push([]);
    else if (word === '>' || word === '<') index += 1;
    else programs.at(-1)?.push(word.replaceAll(/^["']|["']$/g, ''));
  }
  return programs.filter((program) => program.length > 0);
}

/**
 * What is wrong with `perennial <words>`, in the words of the command line itself; undefined when it would be taken.
 * Nothing is run. Prose may name a command without its arguments.
 */
export function problemOfCommand(
  words: readonly string[],
  { inProse = false }: { readonly inProse?: boolean } = {},
): string | undefined {
  try {
    return problemOf(createProgram(), words, inProse);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function problemOf(command: Command, words: readonly string[], inProse: boolean): string | undefined {
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  const [first, ...rest] = words;
  const child = command.commands.find((candidate) => candidate.name() === first);
  if (child !== undefined) return problemOf(child, rest, inProse);
  // `deliveries` lists by itself and has `deliveries unknown` beside it.
  const isForItself = first?.startsWith('-') === true;
  if (command.commands.length > 0 && !isForItself)
    return first === undefined ? undefined : `there is no command "${first}"`;

  const { operands, unknown } = command.parseOptions([...words]);
  const [stranger] = unknown.filter((word) => word !== '--help');
  if (stranger !== undefined) return `there is no option "${stranger}"`;
  const taken = command.registeredArguments;
  const missing = taken.slice(operands.length).find(({ required }) => required);
  if (missing !== undefined && !inProse) return `the argument <${missing.name()}> is missing`;
  if (operands.length > taken.length && !taken.at(-1)?.variadic) return `"${operands.at(-1)}" is one word too many`;
  for (const [index, argument] of taken.entries()) {
    const operand = operands[index];
    if (operand !== undefined) argument.parseArg?.(operand, undefined);
  }
  return undefined;
}
