import type { Mutant } from './mutants.ts';

const eventWords = 'store/retention/event-words.ts';
const gateTraces = 'store/retention/gate-traces.ts';
const eventTests = ['tests/store/retention/event-words.test.ts'];
const traceTests = ['tests/store/retention/gate-traces.test.ts'];
const receiptTests = ['tests/store/retention/replies-and-receipts.test.ts'];

const without = (
  what: string,
  [file, find, replace]: readonly [file: string, find: string, replace: string],
  tests: readonly string[],
): Mutant => ({ guard: `retention: ${what}`, edits: [{ file, find, replace }], tests });

/** What is still needed by somebody, and must not go with what is old. */
export const retentionMutants: readonly Mutant[] = [
  without(
    'an event stays when its words go, so a repeat is a repeat',
    [eventWords, 'update events set envelope = null', 'delete from events'],
    eventTests,
  ),
  without(
    'a fact stays for the journeys that a merge brings together',
    [eventWords, 'set envelope = null', 'set envelope = null, fact = null'],
    eventTests,
  ),
  without(
    'the proof of a consent stays',
    [eventWords, 'where c.customer_id = e.customer_id and c.event_id = e.id', 'where false'],
    eventTests,
  ),
  without(
    'pruning waits for nobody',
    [eventWords, 'order by id for no key update skip locked', 'order by id'],
    eventTests,
  ),
  without(
    'traces of a running journey stay',
    [gateTraces, "where e.id = d.enrolment_id and e.state <> 'closed'", 'where false'],
    traceTests,
  ),
  without(
    'traces of a campaign under way stay',
    [gateTraces, "where r.id = d.recipient_id and o.state = 'running'", 'where false'],
    traceTests,
  ),
  without(
    'traces of a message that is not settled stay',
    [gateTraces, "sql`d.state in ('accepted', 'skipped', 'failed')`", 'sql`true`'],
    traceTests,
  ),
  without(
    'traces of a message that is still asked about stay',
    [gateTraces, 'where l.delivery_id = d.id', 'where false'],
    traceTests,
  ),
  without(
    'the key of a receipt stays as long as a repetition would be believed',
    ['store/retention/receipts.ts', 'leastMs: believedForMs,', ''],
    receiptTests,
  ),
  without(
    'the keys of receipts without dates stay for good',
    ['delivery/channels/receipts.ts', 'believedForMs === undefined ? []', 'connection === undefined ? []'],
    receiptTests,
  ),
  without(
    'WhatsApp may be answered for a day',
    ['store/retention/inbound-notes.ts', '  leastMs,\n', ''],
    receiptTests,
  ),
  without(
    'one process prunes for all',
    ['dispatch/rounds-of-the-leader.ts', 'if (!leads()) {', 'if (false as boolean) {'],
    ['tests/dispatch/pruner.test.ts'],
  ),
];
