import PostalMime from 'postal-mime';
import { expect, it } from 'vitest';
import { createSmtp } from '../../delivery/channels/email/create-smtp.ts';
import { startMisbehavingMailServer, type MailServerMood } from '../kit/providers/misbehaving-mail-server.ts';
import { channelContract, type Mood, type Provider, type Received } from './contract.ts';
import { outgoingEmail } from './outgoing.ts';

const moods = {
  accepts: 'accept',
  'refuses-for-good': 'refuse-recipient',
  'refuses-for-now': 'put-off-recipient',
  'refuses-the-account': 'refuse-sender',
  'hangs-before-taking-bytes': 'hang-before-data',
  'hangs-after-taking-bytes': 'hang-after-data',
  'resets-before-taking-bytes': 'reset-before-data',
  'resets-after-taking-bytes': 'reset-after-data',
  'answers-late': 'answer-late',
} as const satisfies Partial<Record<Mood, MailServerMood>>;

function isMood(mood: Mood): mood is keyof typeof moods {
  return mood in moods;
}

async function open(): Promise<Provider> {
  const server = await startMisbehavingMailServer();
  const channel = createSmtp({ url: server.url });
  let closed = false;
  return {
    channel,
    received: () => Promise.all(server.accepted.map(readMail)),
    async setMood(mood) {
      if (isMood(mood)) return server.setMood(moods[mood]);
      closed = true;
      await server.close();
    },
    async close() {
      channel.close();
      if (!closed) await server.close();
    },
  };
}

async function readMail(raw: string): Promise<Received> {
  const mail = await PostalMime.parse(raw);
  return {
    sendId: mail.messageId?.replace(/^<|@.*$/g, '') ?? '',
    to: mail.to?.[0]?.address ?? '',
    words: mail.subject ?? '',
  };
}

channelContract({
  name: 'smtp',
  moods: [...(Object.keys(moods) as (keyof typeof moods)[]), 'is-not-there'],
  open,
  message: outgoingEmail,
});

it.each([
  ['refuse-message', { kind: 'rejected', code: '554 5.6.0', final: true }],
  ['put-off-message', { kind: 'throttled', code: '451 4.3.0' }],
  // Whoever may not send as that may not send anything: the next message would fare the same.
  ['refuse-sender', { kind: 'rejected', code: '550 5.7.1', final: false }],
  ['refuse-recipient', { kind: 'rejected', code: '550 5.1.1', final: true }],
] as const)('takes an answer as proof of no more than what it is about: %s', async (mood, answer) => {
  const server = await startMisbehavingMailServer();
  const channel = createSmtp({ url: server.url });
  server.setMood(mood);
  expect(await channel.send(outgoingEmail('Your cart'), AbortSignal.timeout(5000))).toMatchObject(answer);
  expect(server.accepted).toHaveLength(0);
  channel.close();
  await server.close();
});

it('goes on over a new connection when the server has closed an idle one, and sends once', async () => {
  const server = await startMisbehavingMailServer();
  const channel = createSmtp({ url: server.url, connections: 1 });
  expect(await channel.send(outgoingEmail('One'), AbortSignal.timeout(5000))).toMatchObject({
    kind: 'accepted',
  });
  server.dropConnections();
  expect(await channel.send(outgoingEmail('Two'), AbortSignal.timeout(5000))).toMatchObject({
    kind: 'accepted',
  });
  expect(server.accepted).toHaveLength(2);
  channel.close();
  await server.close();
});
