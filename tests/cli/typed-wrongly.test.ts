import { describe, expect, it } from 'vitest';
import { errorCodes } from '../../domain/error-codes.ts';
import { run } from './run-perennial.ts';

const mistakes: readonly (readonly [string, RegExp])[] = [
  ['statsu', /unknown command 'statsu'.*Did you mean status/],
  ['campaign plann black-friday-launch', /unknown command 'plann'.*Did you mean plan/],
  ['runs --jurney x', /unknown option '--jurney'.*Did you mean --journey/],
  ['explain', /missing required argument 'customer'/],
  ['simulate abandoned-cart', /required option '--scenario <file>' not specified/],
  ['status extra', /too many arguments for 'status'/],
  ['runs --state nope', /Allowed choices are open, sealed, closed/],
  ['runs --limit x', /"x" is not a whole number from 1/],
];

describe('a command that is typed wrongly', () => {
  it.each(mistakes)('is told as JSON when that was asked for: %s', async (line, problem) => {
    const { said, noted, exitCode } = await run(...line.split(' '), '--json');
    expect({ noted, exitCode }).toEqual({ noted: '', exitCode: 2 });
    const { error } = JSON.parse(said);
    expect(Object.keys(error)).toEqual(['code', 'message', 'page']);
    expect(error).toMatchObject({ code: 'command-invalid', page: 'docs/errors/command-invalid.md' });
    expect(error.message).toMatch(problem);
    expect(error.message).not.toContain('\n');
    expect(Object.keys(errorCodes)).toContain(error.code);
  });

  it.each(mistakes)('is told in words otherwise: %s', async (line, problem) => {
    const { said, noted, exitCode } = await run(...line.split(' '));
    expect({ said, exitCode }).toEqual({ said: '', exitCode: 2 });
    expect(noted.replaceAll('\n', ' ')).toMatch(problem);
    expect(noted).toContain('Add --help');
  });

  it.each([
    ['--json', /No command stands before --json/],
    ['--json status', /No command stands before --json/],
    ['campaign --json list', /No command stands before --json/],
    ['help nonsense --json', /help was asked for one that does not exist/],
  ])('is told in words that help when it is no command at all: %s', async (line, problem) => {
    const { said, noted, exitCode } = await run(...line.split(' '));
    expect({ noted, exitCode }).toEqual({ noted: '', exitCode: 2 });
    expect(JSON.parse(said).error.message).toMatch(problem);
  });

  it('is not told as JSON when --json is a word that is passed on', async () => {
    const { said, noted } = await run('status', '--', '--json');
    expect(said).toBe('');
    expect(noted).toContain('too many arguments');
  });
});

it('does not take help for a mistake, with --json or without', async () => {
  for (const json of [[], ['--json']]) {
    const { said, noted, exitCode } = await run('runs', '--help', ...json);
    expect({ noted, exitCode }).toEqual({ noted: '', exitCode: 0 });
    expect(said).toContain('Usage: perennial runs');
  }
});
