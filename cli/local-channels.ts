import type { Environment } from '../config/environment.ts';
import type { Channel } from '../delivery/channels/channel.ts';
import { openChannels } from '../open-channels.ts';

export interface LocalChannels {
  readonly channels: readonly Channel[];
  /** In words, where messages go. */
  readonly places: readonly string[];
}

/**
 * Channels for a play with made-up people: the outbox folder, or a SendGrid and a Twilio that run on this machine
 * (`SENDGRID_BASE_URL`, `TWILIO_BASE_URL`, with their keys). Keys of the real ones are left alone: nobody gets a message.
 */
export function localChannels(environment: Environment): LocalChannels {
  const { sendgrid, twilio, smtpUrl: _, ...rest } = environment;
  const [mail, phone] = [isHere(sendgrid?.baseUrl), isHere(twilio?.baseUrl)];
  const channels = openChannels({
    ...rest,
    outboxWanted: true,
    ...(mail && sendgrid !== undefined ? { sendgrid } : {}),
    ...(phone && twilio !== undefined ? { twilio } : {}),
  });
  const places = new Set(channels.map(({ connection }) => placeOf(connection, rest.outboxFolder)));
  return { channels, places: [...places] };
}

function placeOf(connection: string, folder: string): string {
  return connection === 'outbox' ? `${folder}/index.html` : `the local ${connection}`;
}

/** Whether a provider's address is of this machine: then it is one of the tests', and nobody gets a message. */
export function isHere(url: string | undefined): boolean {
  return url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}
