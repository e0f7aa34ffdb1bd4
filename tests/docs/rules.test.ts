import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { mutants } from '../mutants/mutants.ts';
import { patternOf } from '../mutants/pattern-of.ts';
import { ruleMutants, rules } from '../mutants/rule-mutants.ts';
import { rulesPage } from './rules-page.ts';

const root = new URL('../../', import.meta.url);

describe('docs/rules.md', () => {
  it('says what holds each rule and which test notices; write it with "node --import tsx tests/docs/write-rules.ts"', async () => {
    expect(await readFile(new URL('docs/rules.md', root), 'utf8')).toBe(rulesPage());
  });

  it.each(Object.keys(rules))('has something that holds rule %s', (rule) => {
    expect(ruleMutants.filter((mutant) => String(mutant.rule) === rule)).not.toEqual([]);
  });
});

/** A mutant that no longer fits takes nothing out, and then nobody knows whether a test would notice. */
describe('the mutant of', () => {
  it.each(mutants.map((mutant) => [mutant.guard, mutant] as const))('%s fits the code', async (_, mutant) => {
    for (const { file, find } of mutant.edits) {
      const text = await readFile(new URL(file, root), 'utf8');
      expect(text.match(patternOf(find)) ?? [], file).toHaveLength(1);
    }
    expect(mutant.tests.filter((test) => !existsSync(new URL(test, root)))).toEqual([]);
  });

  it('each guard has a name of its own', () => {
    const names = mutants.map(({ guard }) => guard);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });
});
