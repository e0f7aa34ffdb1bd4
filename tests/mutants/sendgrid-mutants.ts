import type { Mutant } from './mutants.ts';

const folder = 'delivery/channels/email';

/** One text of one file of SendGrid's channel or receipts. */
const without = (guard: string, file: string, find: string, replace: string, test: string): Mutant => ({
  guard: `SendGrid: ${guard}`,
  edits: [{ file: `${folder}/${file}`, find, replace }],
  tests: [`tests/channels/${test}.test.ts`],
});

const asChannel = 'sendgrid';
const asReceipts = 'sendgrid-receipts';

export const sendgridMutants: readonly Mutant[] = [
  {
    // Either of the two is enough.
    guard: 'SendGrid: no redirects',
    edits: [
      { file: `${folder}/sendgrid-connection.ts`, find: 'maxRedirects: 0', replace: 'maxRedirects: 5' },
      { file: `${folder}/sendgrid-connection.ts`, find: '/transport: \\{[^}]*\\},/', replace: '' },
    ],
    tests: ['tests/channels/sendgrid.contract.test.ts'],
  },
  without(
    'a limit in time of its own',
    'create-sendgrid.ts',
    'AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])',
    'AbortSignal.any([signal, AbortSignal.timeout(timeoutMs * 1000)])',
    asChannel,
  ),
  without('half an answer is none', 'sendgrid-connection.ts', ' || body === undefined', '', asChannel),
  without(
    'a used socket may have carried it',
    '../on-leaving.ts',
    'if (!socket.connecting) return leaves();',
    '',
    asChannel,
  ),
  without(
    'a used socket is used for one that waited as well',
    '../on-leaving.ts',
    '!socket.connecting',
    'request.reusedSocket',
    'queued-requests',
  ),
  without(
    'nothing leaves before the handshake',
    '../on-leaving.ts',
    "isEncrypted ? 'secureConnect' : 'connect'",
    "'connect'",
    asChannel,
  ),
  without(
    "the mail's headers are not the request's",
    'sendgrid-connection.ts',
    'new MailClient()',
    'new Client()',
    asChannel,
  ),
  without(
    'tracking is off, whatever the account says',
    'sendgrid-mail.ts',
    'openTracking: { enable: false },',
    '',
    asChannel,
  ),
  without(
    'an answer without an id is no acceptance',
    'sendgrid-answers.ts',
    "id === undefined || id === '' ? ambiguous('202 without an id') : accepted(id)",
    "accepted(id ?? '')",
    asChannel,
  ),
  without(
    'a found message bears our id',
    'sendgrid-logs.ts',
    'if (args?.[sendIdArgument] === sendId) ',
    'if (args) ',
    asChannel,
  ),
  without('ten digits', 'sendgrid-signature.ts', '!/^\\d{10}$/.test(timestamp)', 'false', asReceipts),
  without(
    'the signature',
    'sendgrid-signature.ts',
    "if (!isSigned(signed, signature, key)) return 'forged';",
    '',
    asReceipts,
  ),
  without('the window', 'sendgrid-signature.ts', 'signedAt > now - windowMs && ', '', asReceipts),
  without('nothing from the future', 'sendgrid-signature.ts', ' && signedAt < now + aheadMs', '', asReceipts),
  without(
    'the largest body',
    'create-sendgrid-receipts.ts',
    "if (request.rawBody.length > largestBody) return { kind: 'refused', why: 'malformed' };",
    '',
    asReceipts,
  ),
  without(
    'no addresses in what is kept',
    'sendgrid-events.ts',
    "(word.includes('@') ? '(address)' : word)",
    'word',
    asReceipts,
  ),
  without('a block is no bounce', 'sendgrid-events.ts', "type !== 'blocked' && ", '', asReceipts),
];
