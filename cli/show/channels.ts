import { channelNames, type ChannelName } from '../../domain/channel-name.ts';
import type { Channel } from '../../delivery/channels/channel.ts';

/** What to set so that a channel is connected. */
const wayIn: Readonly<Record<ChannelName, string>> = {
  email: 'set SMTP_URL or SENDGRID_API_KEY, or PERENNIAL_OUTBOX for a folder',
  sms: 'set TWILIO_MESSAGING_SERVICE_SID, or PERENNIAL_OUTBOX for a folder',
  whatsapp: 'set TWILIO_WHATSAPP_FROM; a simulation has it without',
};

/** One line for each channel: where its messages go, or what is missing. */
export function showChannels(channels: readonly Channel[], outboxFolder: string): string[] {
  return channelNames.map((name) => {
    const found = channels.find(({ medium }) => medium === name);
    return `${name.padEnd(8)}  ${found === undefined ? `not connected: ${wayIn[name]}` : placeOf(found, outboxFolder)}`;
  });
}

function placeOf({ connection }: Channel, outboxFolder: string): string {
  return connection === 'outbox' ? `${outboxFolder}/index.html` : `by ${connection}`;
}
