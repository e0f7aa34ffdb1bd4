import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../cli/create-program.ts';
import { commandLines, documents, readCodeBlocks, root } from './code-blocks.ts';
import { parseCommandLine, problemOfCommand } from './command-line.ts';

const blocks = readCodeBlocks();
/** By a block that says so, or by `new journey` in one. */
const written = new Set(
  blocks.flatMap(({ note, text }) => [
    ...(note?.says === 'as' ? [note.file] : []),
    ...[...text.matchAll(/^npx perennial new journey (\S+)/gm)].map(([, name]) => `tests/journeys/${name}.test.ts`),
  ]),
);
const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);
/** Programs of the machine, whose words are their own affair. */
const foreign = new Set(['cat', 'cd', 'curl', 'docker', 'export', 'git', 'mkdir', 'openssl', 'printf', 'temporal']);

describe('a command in a document', () => {
  const lines = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap((block) => commandLines(block).map((line) => ({ place: block.place, line })));

  it.each(lines)('$place: $line', ({ line }) => {
    expect(parseCommandLine(line).map(problemOfProgram).filter(Boolean)).toEqual([]);
  });

  it.each(documents)('named in the text of %s is taken by the command line', (document) => {
    const text = readFileSync(join(root, document), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '');
    const commands = [...text.matchAll(/`npx perennial ([^`]+)`/g)].map(([, words]) => words ?? '');
    const scripts = [...text.matchAll(/`npm ([^`]+)`/g)].map(([, words]) => words ?? '');
    const problems = [
      ...commands.map((words) => problemOfCommand(words.split(' '), { inProse: true })),
      ...scripts.map((words) => problemOfScript(words.split(' '))),
    ];
    expect(problems.filter(Boolean)).toEqual([]);
  });
});

describe('a command that a sentence of ours tells people to type', () => {
  const sources = listSources();

  it.each(sources.filter(({ commands }) => commands.length > 0))('in $file is taken', ({ commands }) => {
    const problems = commands.map((words) => problemOfCommand(words.split(' '), { inProse: true }));
    expect(problems.filter(Boolean)).toEqual([]);
  });

  it('is found where there are some', () => {
    expect(sources.find(({ file }) => file === 'engine/find-places.ts')?.commands).toContain('engine start');
  });
});

describe('the help of a command', () => {
  it.each(everyCommand(createProgram()))('%s shows examples, and the command line takes them', (_name, command) => {
    const examples = helpOf(command).match(/^ {2}.*npx perennial .*$/gm) ?? [];
    expect(examples).not.toEqual([]);
    expect(examples.flatMap(parseCommandLine).map(problemOfProgram).filter(Boolean)).toEqual([]);
  });
});

describe('a command that does not exist', () => {
  it.each([
    ['explane c-1', 'there is no command "explane"'],
    ['explain', 'the argument <customer> is missing'],
    ['explain c-1 c-2', '"c-2" is one word too many'],
    ['runs --jurney x', 'there is no option "--jurney"'],
    ['pause telegram', 'Allowed choices are'],
  ])('such as "%s" is noticed', (words, problem) => {
    expect(problemOfCommand(words.split(' '))).toContain(problem);
  });
});

/** What is wrong with one program of a line; undefined when it can be run as it stands. */
function problemOfProgram(words: readonly string[]): string | undefined {
  const [program = '', ...rest] = words.filter((word) => !/^[A-Z_]+=/.test(word));
  if (foreign.has(program)) return undefined;
  if (program === 'npx' && rest[0] === 'perennial') return problemOfCommand(rest.slice(1));
  if (program === 'npx' && rest[0] === 'vitest') return problemOfFile(rest.at(-1));
  if (program === 'node' && rest[0] === '--import') return problemOfFile(rest[2]);
  if (program === 'npm') return problemOfScript(rest);
  return `the docs tests do not know the program "${program}"`;
}

function problemOfFile(file = ''): string | undefined {
  return existsSync(join(root, file)) || written.has(file) ? undefined : `there is no file "${file}"`;
}

function problemOfScript([verb = '', name = '']: readonly string[]): string | undefined {
  if (verb === 'ci') return undefined;
  const script = verb === 'run' ? name : verb;
  return script in scripts ? undefined : `package.json has no script "${script}"`;
}

/** Our sources with the commands that stand in their messages, such as "npx perennial check". */
function listSources(): { readonly file: string; readonly commands: readonly string[] }[] {
  const files = execFileSync('git', ['ls-files', '*.ts', '*.js'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((file) => !file.startsWith('tests/') && existsSync(join(root, file)));
  return files.map((file) => {
    const text = readFileSync(join(root, file), 'utf8').replaceAll(/\$\{\w+\}/g, 'journey@1');
    const found = [...text.matchAll(/["`]npx perennial ([a-z][^"`\\$\n]*?)\s*\\?["`]/g)];
    return { file, commands: found.map(([, words]) => words ?? '') };
  });
}

/** All commands with their full names, also those that only hold others. */
function everyCommand(command: Command, path: readonly string[] = ['perennial']): [string, Command][] {
  const children = command.commands.flatMap((child) => everyCommand(child, [...path, child.name()]));
  return [[path.join(' '), command], ...children];
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help;
}
