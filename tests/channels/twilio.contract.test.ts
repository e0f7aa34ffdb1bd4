import type { Channel } from '../../delivery/channels/channel.ts';
import { startTwilioServer, type TwilioMood, type TwilioServer } from '../kit/twilio-server.ts';
import { channelContract, type Mood, type Provider } from './contract.ts';
import { outgoingSms, outgoingWhatsApp } from './outgoing.ts';
import { smsTo, whatsAppTo } from './twilio-channels.ts';

/** Over HTTP a provider that was reached has had bytes; what stops earlier is in `twilio-connection.test.ts`. */
const moods = {
  accepts: 'accept',
  'refuses-for-good': { refuse: 21614 },
  'refuses-for-now': 'throttle',
  'hangs-after-taking-bytes': 'hang-after',
  'resets-after-taking-bytes': 'reset-after',
  'answers-late': 'answer-late',
  'breaks-after-taking-bytes': 'fail-after',
  'answers-in-part': 'truncate-after',
  redirects: 'redirect',
} as const satisfies Partial<Record<Mood, TwilioMood>>;

function isMood(mood: Mood): mood is keyof typeof moods {
  return mood in moods;
}

async function open(channelTo: (server: TwilioServer) => Channel): Promise<Provider> {
  const server = await startTwilioServer({ callbacks: 'never' });
  return {
    channel: channelTo(server),
    received: async () =>
      server.taken.map(({ sendId = '', to, words }) => ({ sendId, to: to.replace('whatsapp:', ''), words })),
    async setMood(mood) {
      if (isMood(mood)) server.setMood(moods[mood]);
      else await server.close();
    },
    close: () => server.close(),
  };
}

const all: readonly Mood[] = [...(Object.keys(moods) as (keyof typeof moods)[]), 'is-not-there'];

channelContract({ name: 'twilio-sms', moods: all, open: () => open(smsTo), message: outgoingSms });
channelContract({
  name: 'twilio-whatsapp',
  moods: all,
  open: () => open(whatsAppTo),
  message: (words) => outgoingWhatsApp(words),
});
