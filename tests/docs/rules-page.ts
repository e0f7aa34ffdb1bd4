import { ruleMutants, rules, type RuleMutant } from '../mutants/rule-mutants.ts';

/** `docs/rules.md`, from the mutants that show what holds each rule. */
export function rulesPage(): string {
  return `${[head, ...Object.entries(rules).map(([rule, words]) => section(Number(rule), words))].join('\n\n')}\n`;
}

const head = `# The rules and their tests

Rules that trip real shops, numbered as in the reference that this shop's journeys follow. Each line of a table is one thing that holds a rule: where it lives, and a test that fails when it is taken out. \`npm run test:mutants "rule "\` takes out one after the other and shows it; \`npm run test:mutants "rule 7:"\` only those of one rule.

Rules 10 and 15 are not here: the words of Korean are held by the tests of [rendering](../tests/rendering), and points come with loyalty. Of rule 11 the opt-out from a painful occasion comes with campaigns for one. This page is written by \`node --import tsx tests/docs/write-rules.ts\`, and a test keeps it so.`;

function section(rule: number, words: string): string {
  const rows = ruleMutants.filter((mutant) => mutant.rule === rule).map(rowOf);
  return [`## ${rule}. ${words}`, '', '| what holds it | where it lives | its test |', '|---|---|---|', ...rows].join(
    '\n',
  );
}

function rowOf({ guard, edits, tests }: RuleMutant): string {
  const what = guard.replace(/^rule \d+: /, '');
  return `| ${what} | ${edits.map(({ file }) => linkTo(file)).join(', ')} | ${tests.map(linkTo).join(', ')} |`;
}

function linkTo(file: string): string {
  return `[${file}](../${file})`;
}
