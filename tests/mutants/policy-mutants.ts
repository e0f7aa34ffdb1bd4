import type { Mutant } from './mutants.ts';

const router = ['tests/policy/channel-router.test.ts'];
const law = ['tests/delivery/law.test.ts'];

const gates = {
  allowList: 'only those whom staging names',
  channelRules: 'no marketing where the channel refuses it',
  whatsAppTemplate: 'an approved template or an open window',
  validity: 'time enough to deliver a text message',
};

/** The law's guards: which hours, which words, which channel, until when. */
export const policyMutants: readonly Mutant[] = [
  ...Object.entries(gates).map(([name, words]) => ({
    guard: `the gate "${words}"`,
    edits: [{ file: 'delivery/policy/gates.ts', find: `/(?<=[[ ])${name}(,\\s|(?=]))/`, replace: '' }],
    tests: router,
  })),
  {
    guard: 'quiet hours, in random histories as customers live them',
    edits: [{ file: 'delivery/policy/gates.ts', find: '/(?<=[[ ])quietHours(,\\s|(?=]))/', replace: '' }],
    tests: ['tests/properties/histories.test.ts'],
  },
  {
    guard: 'the end of the allowed hours is the end of the validity',
    edits: [
      {
        file: 'delivery/policy/judge.ts',
        find: 'validUntil: Math.min(usefulUntil, end),',
        replace: 'validUntil: Math.max(usefulUntil, end),',
      },
    ],
    tests: router,
  },
  {
    guard: 'a number of +1 counts as American until it is known to be another country’s',
    edits: [
      {
        file: 'delivery/ledger/country-of-number.ts',
        find: "known ?? (number.startsWith('+1') ? 'US' : null)",
        replace: 'known ?? null',
      },
    ],
    tests: router,
  },
  {
    guard: 'the words that the law of the place asks for',
    edits: [
      {
        file: 'delivery/write-message.ts',
        find: "purpose !== 'marketing' || rule === undefined",
        replace: "purpose !== 'legal' || rule === undefined",
      },
    ],
    tests: law,
  },
];
