import type { Mutant } from './mutants.ts';

const tests = ['tests/intake/who-is-who.test.ts'];

export const erasureMutants: readonly Mutant[] = [
  {
    guard: 'erasure: what is told late of the time before it',
    edits: [
      {
        file: 'intake/late-for-the-erased.ts',
        find: 'if (erasures.size === 0)',
        replace: 'if (erasures.size >= 0)',
      },
    ],
    tests,
  },
  {
    guard: 'erasure: its instant, after which somebody new is heard of',
    edits: [
      {
        file: 'intake/late-for-the-erased.ts',
        find: 'at < (erasures.get(ownersName(event)) ?? at)',
        replace: 'erasures.has(ownersName(event))',
      },
    ],
    tests,
  },
];
