import type { Mutant } from './mutants.ts';

const arrivals = ['tests/dispatch/inbox/arrivals.test.ts'];
const leaving = ['tests/dispatch/inbox/leaving.test.ts'];

const without = (
  guard: string,
  file: string,
  find: string,
  replace: string,
  tests: readonly string[],
): Mutant => ({
  guard,
  edits: [{ file, find, replace }],
  tests,
});

/** What holds receipts and opt-outs. */
export const inboxMutants: readonly Mutant[] = [
  without(
    'an arrival only rises',
    'store/record-arrivals.ts',
    "const rises = sql`(${rank('told.arrival')} > ${rank('d.arrival')})`;",
    'const rises = sql`(told.arrival is not null)`;',
    arrivals,
  ),
  without(
    'a receipt counts only from the connection by which the message went',
    'dispatch/inbox/effect-of-receipt.ts',
    '!sent.connections.includes(row.connection)',
    'false',
    arrivals,
  ),
  without(
    'evidence of one request says nothing about another',
    'store/record-arrivals.ts',
    "and known.state = 'accepted'",
    'and false',
    arrivals,
  ),
  without(
    'of STOP and START the later one counts',
    'store/stop-words.ts',
    'where newer.address_key',
    'where false and newer.address_key',
    leaving,
  ),
  without(
    'a STOP holds for everybody who has the number',
    'dispatch/inbox/leave.ts',
    'addressKey === undefined ? [] : await findOwners(db, addressKey)',
    '[]',
    leaving,
  ),
  without(
    'who is not on WhatsApp still has a telephone',
    'intake/write-knowledge.ts',
    " && channel !== 'whatsapp'",
    '',
    leaving,
  ),
  without(
    'an erased customer leaves no word in the inbox',
    'store/erase-customer.ts',
    '  await clearInbox(trx, customer);\n',
    '',
    leaving,
  ),
  without(
    'an opt-out is in force before the provider is thanked',
    'dispatch/inbox/create-inbox.ts',
    'if (urgent.length === 0) return;',
    'return;',
    ['tests/properties/opt-out.test.ts'],
  ),
  without(
    'a webhook that is refused is not kept',
    'http/hooks.ts',
    'throw refusal(reader.connection, reading.why);',
    'return reply.send();',
    ['tests/http/hooks.test.ts'],
  ),
  without(
    'a body without a signature is not taken in',
    'http/hooks.ts',
    "if (!reader.hasSignature(headersOf(request))) throw refusal(reader.connection, 'unsigned');",
    '',
    ['tests/http/hooks.test.ts'],
  ),
];
