import { afterEach, expect, it } from 'vitest';
import { createSendgrid } from '../../delivery/channels/email/create-sendgrid.ts';
import type { Channel, Outgoing } from '../../delivery/channels/channel.ts';
import { sendgridApiKey, startSendgridServer } from '../kit/sendgrid-server.ts';
import { startTwilioServer } from '../kit/twilio-server.ts';
import { outgoingEmail, outgoingSms } from './outgoing.ts';
import { smsTo } from './twilio-channels.ts';

/**
 * More messages at once than there are connections: some wait, and go out on a connection that carried another one before.
 * When such a one breaks after the provider took the message, nobody may call it unsent.
 */
let close: () => Promise<void>;
afterEach(() => close());

const connections = 50;
/** The first fill all connections and keep them open; those that waited for them meet the worst. */
const moods = (worst: 'reset-after' | 'reset-before') => [
  ...Array.from({ length: connections }, () => 'accept' as const),
  worst,
];

async function kindsOf(channel: Channel, message: (words: string) => Outgoing): Promise<readonly string[]> {
  const many = Array.from({ length: 2 * connections }, (_, index) => message(`Number ${index}`));
  const answers = await Promise.all(many.map((each) => channel.send(each, AbortSignal.timeout(10_000))));
  return answers.map(({ kind }) => kind);
}

it.each(['reset-after', 'reset-before'] as const)(
  'SendGrid: a message that waited for a connection is in doubt when that breaks: %s',
  async (worst) => {
    const server = await startSendgridServer();
    const channel = createSendgrid({ apiKey: sendgridApiKey, baseUrl: server.url, connections });
    close = async () => {
      channel.close();
      await server.close();
    };
    server.setMood(...moods(worst));
    const kinds = await kindsOf(channel, outgoingEmail);
    expect(new Set(kinds)).toEqual(new Set(['accepted', 'ambiguous']));
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(connections);
  },
);

it.each(['reset-after', 'reset-before'] as const)(
  'Twilio: a message that waited for a connection is in doubt when that breaks: %s',
  async (worst) => {
    const server = await startTwilioServer({ callbacks: 'never' });
    close = () => server.close();
    server.setMood(...moods(worst));
    const kinds = await kindsOf(smsTo(server), outgoingSms);
    expect(new Set(kinds)).toEqual(new Set(['accepted', 'ambiguous']));
    expect(kinds.filter((kind) => kind === 'accepted')).toHaveLength(connections);
  },
);
