import { erasureMutants } from './erasure-mutants.ts';
import { inboxMutants } from './inbox-mutants.ts';
import { policyMutants } from './policy-mutants.ts';
import { retentionMutants } from './retention-mutants.ts';
import { ruleMutants } from './rule-mutants.ts';
import { sendgridMutants } from './sendgrid-mutants.ts';

/** One guard taken out: texts of the source and what stands there instead. */
export interface Mutant {
  /** What is taken out. */
  readonly guard: string;
  readonly edits: readonly {
    readonly file: string;
    readonly find: string;
    readonly replace: string;
  }[];
  /** Where a test has to fail. */
  readonly tests: readonly string[];
}

const gatesFile = 'delivery/policy/gates.ts';
const gateTests = ['tests/delivery/gates.test.ts'];
const crossing = 'delivery/ledger/point-of-no-return.ts';
const crossingTests = ['tests/delivery/point-of-no-return.test.ts'];

const gates = {
  runLive: 'run live',
  campaignLive: 'campaign live',
  onePlace: 'one place in a campaign',
  holdout: 'holdout',
  boughtAlready: 'bought already',
  useful: 'still useful',
  erased: 'not erased',
  business: 'no business customers',
  reachable: 'reachable',
  consent: 'consent',
  suppression: 'suppression',
  quietHours: 'quiet hours',
  frequencyCap: 'frequency cap',
  allowance: 'allowance',
  complaintOpen: 'no open complaint',
  paused: 'paused',
};

/** In the list of gates each name stands between a bracket or comma and another; its import stays. */
const withoutGate = ([name, words]: readonly [string, string]): Mutant => ({
  guard: `the gate "${words}"`,
  edits: [{ file: gatesFile, find: `/(?<=[[ ])${name}(,\\s|(?=]))/`, replace: '' }],
  tests: gateTests,
});

/**
 * What must not be missing without anybody noticing. A text between slashes is a pattern; every text has to be found
 * exactly once, so a mutant that no longer fits its source is reported and not passed over.
 */
export const mutants: readonly Mutant[] = [
  ...Object.entries(gates).map(withoutGate),
  {
    guard: 'the head-room that campaigns leave to journeys',
    edits: [
      {
        file: 'delivery/policy/frequency-cap.ts',
        find: 'Math.max(1, cap.limit - headRoom)',
        replace: 'cap.limit',
      },
    ],
    tests: gateTests,
  },
  {
    guard: 'small batches: what a pause is too late for',
    edits: [
      { file: 'delivery/send-lines.ts', find: 'const batchSize = 50;', replace: 'const batchSize = 500;' },
    ],
    tests: ['tests/delivery/campaigns.test.ts'],
  },
  ...policyMutants,
  ...sendgridMutants,
  ...inboxMutants,
  ...erasureMutants,
  ...retentionMutants,
  ...ruleMutants,
  {
    guard: 'an event that ends a journey (endsOn: order.placed)',
    edits: [
      {
        file: 'workflows/journeys/abandoned-cart.ts',
        find: "endsOn: ['order.placed', ",
        replace: 'endsOn: [',
      },
    ],
    tests: ['tests/journeys/abandoned-cart.test.ts'],
  },
  {
    guard: 'the seal check: facts read again at the point of no return',
    edits: [
      {
        file: crossing,
        find: 'const situation = known.situations.get(originOf(candidate.request));',
        replace: 'const situation = known.situations.size < 0 ? undefined : ready.situation;',
      },
    ],
    tests: crossingTests,
  },
  {
    guard: 'the customer lock at the point of no return',
    edits: [
      {
        file: crossing,
        find: '[lockCustomers(trx, customersOf(batch)), planOnce(trx)]',
        replace: '[new Map(customersOf(batch).map((id) => [id, id])), planOnce(trx)]',
      },
    ],
    tests: crossingTests,
  },
  {
    guard: 'the address lock at the point of no return',
    edits: [
      {
        file: crossing,
        find: 'await lockAddresses(trx, addressKeysOf(batch));',
        replace: 'addressKeysOf(batch);',
      },
    ],
    tests: crossingTests,
  },
  {
    guard: 'the lock is on the address that the message goes to',
    edits: [
      {
        file: crossing,
        find: 'addressKey === undefined || addressKey !== addressKeyOf(ready)',
        replace: 'addressKey === undefined',
      },
    ],
    tests: crossingTests,
  },
  {
    guard: 'what may have arrived is never called skipped or failed',
    edits: [
      {
        file: 'delivery/ledger/may-have-arrived.ts',
        find: 'isRefusal && mayHaveArrived(attempts)',
        replace: 'isRefusal && attempts.length < 0',
      },
    ],
    tests: ['tests/delivery/may-have-arrived.test.ts'],
  },
  {
    guard: 'what waits for evidence may have left: it counts for the caps and for a merge',
    edits: [
      {
        file: 'store/may-have-left.ts',
        find: "${column('sending_at')} is not null",
        replace: 'false',
      },
    ],
    tests: ['tests/delivery/may-have-arrived.test.ts', 'tests/delivery/campaigns.test.ts'],
  },
  {
    guard: 'an earlier request for a message does not stand in its own way',
    edits: [
      {
        file: 'delivery/ledger/verdict-row.ts',
        find: '.filter(({ delivery }) => delivery !== candidate.delivery)',
        replace: '',
      },
    ],
    tests: ['tests/delivery/may-have-arrived.test.ts'],
  },
  {
    guard: 'a stop waits for no provider that is asked about earlier messages',
    edits: [
      {
        file: 'delivery/ledger/settler.ts',
        find: 'withStoppableQuestions(setting, signal)',
        replace: 'setting',
      },
    ],
    tests: ['tests/delivery/settler.test.ts'],
  },
  {
    guard: 'only Schedules of these campaigns are removed',
    edits: [
      {
        file: 'dispatch/campaign-gateway.ts',
        find: 'if (!(await isOurs(handle, taskQueue))) continue;',
        replace: '',
      },
    ],
    tests: ['tests/campaigns/schedules.test.ts'],
  },
  {
    guard: 'an answer of a provider is written again when the database was away',
    edits: [{ file: 'delivery/send-crossed.ts', find: 'answered.unshift(...together);', replace: '' }],
    tests: ['tests/delivery/database-away.test.ts'],
  },
  {
    guard: 'the customer lock at intake',
    edits: [{ file: 'store/customers.ts', find: 'for no key update', replace: '' }],
    tests: ['tests/delivery/order-against-message.test.ts'],
  },
  {
    guard: 'the uniqueness of the send key',
    edits: [
      { file: 'delivery/ledger/write-rows.ts', find: "where deliveries.state = 'deferred'", replace: '' },
      {
        file: crossing,
        find: '/if \\(stored !== undefined && \\(stored\\.state.*return again;/',
        replace: '',
      },
    ],
    tests: crossingTests,
  },
  {
    guard: 'the last word of the ledger: only a waiting row is replaced',
    edits: [
      { file: 'delivery/ledger/write-rows.ts', find: "where deliveries.state = 'deferred'", replace: '' },
    ],
    tests: ['tests/delivery/ledger.test.ts'],
  },
  {
    guard: 'the lease: nobody touches a message that is on its way',
    edits: [
      {
        file: 'delivery/ledger/settle.ts',
        find: "if ((attempt.leaseUntil ?? 0) > setting.wall.now()) return 'in-flight';",
        replace: '',
      },
    ],
    tests: crossingTests,
  },
  {
    guard: 'unknown stays unknown: class once is not sent again',
    edits: [{ file: 'delivery/ledger/consequence.ts', find: "about.class === 'once' || ", replace: '' }],
    tests: ['tests/delivery/deliver.test.ts'],
  },
  {
    guard: 'the outbox: events reach the runs',
    edits: [
      {
        file: 'store/outbox.ts',
        find: 'if (outbox.length === 0) return;',
        replace: 'if (outbox.length >= 0) return;',
      },
    ],
    tests: ['tests/intake/accept.test.ts', 'tests/journeys/abandoned-cart.test.ts'],
  },
];
