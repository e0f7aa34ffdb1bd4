import { createSendgrid } from '../../delivery/channels/email/create-sendgrid.ts';
import { startSendgridServer, type SendgridMood } from '../kit/sendgrid-server.ts';
import { channelContract, type Mood, type Provider } from './contract.ts';
import { outgoingEmail } from './outgoing.ts';

/** Over HTTP a provider that was reached has had bytes; what stops earlier is in `sendgrid.test.ts`. */
const moods = {
  accepts: 'accept',
  'refuses-for-good': { refuse: 400 },
  'refuses-for-now': 'throttle',
  'refuses-the-account': { refuse: 401 },
  'hangs-after-taking-bytes': 'hang-after',
  'resets-after-taking-bytes': 'reset-after',
  'answers-late': 'answer-late',
  'breaks-after-taking-bytes': 'fail-after',
  'answers-in-part': 'truncate-after',
  redirects: 'redirect',
} as const satisfies Partial<Record<Mood, SendgridMood>>;

function isMood(mood: Mood): mood is keyof typeof moods {
  return mood in moods;
}

async function open(): Promise<Provider> {
  const server = await startSendgridServer();
  const channel = createSendgrid({ apiKey: server.apiKey, baseUrl: server.url });
  return {
    channel,
    received: async () =>
      server.taken.map(({ sendId = '', to, body }) => ({ sendId, to, words: body.subject })),
    requests: () => server.requests,
    asides: () => [
      ...server.seenOnTheWay,
      ...server.taken.map(({ body }) => JSON.stringify([body.custom_args, body.categories, body.headers])),
    ],
    async setMood(mood) {
      if (isMood(mood)) server.setMood(moods[mood]);
      else await server.close();
    },
    async close() {
      channel.close();
      await server.close();
    },
  };
}

channelContract({
  name: 'sendgrid',
  moods: [...(Object.keys(moods) as (keyof typeof moods)[]), 'is-not-there'],
  open,
  message: outgoingEmail,
  findsAgain: true,
});
