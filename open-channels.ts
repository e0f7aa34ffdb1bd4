import type { Environment } from './config/environment.ts';
import type { Channel } from './delivery/channels/channel.ts';
import { createSendgridReceipts } from './delivery/channels/email/create-sendgrid-receipts.ts';
import { createSendgrid } from './delivery/channels/email/create-sendgrid.ts';
import { createSmtp } from './delivery/channels/email/create-smtp.ts';
import { createOutbox } from './delivery/channels/outbox/create-outbox.ts';
import type { Receipts } from './delivery/channels/receipts.ts';
import { createTwilioSms } from './delivery/channels/sms/create-twilio-sms.ts';
import { createTwilioReceipts } from './delivery/channels/twilio/create-twilio-receipts.ts';
import { openTwilio } from './delivery/channels/twilio/open-twilio.ts';
import { createTwilioWhatsApp } from './delivery/channels/whatsapp/create-twilio-whatsapp.ts';

/**
 * The channels that the environment names, in the order in which the ledger prefers them.
 *
 * On a laptop everything goes to the outbox folder. A shop that really sends one medium must not believe that the others
 * arrive as well: they go to the folder only when it was asked for by name, and otherwise there is no such channel.
 */
export function openChannels(environment: Environment): readonly Channel[] {
  const { outboxFolder, outboxWanted } = environment;
  const real = [...emailChannels(environment), ...twilioChannels(environment)];
  const media = new Set(real.map((channel) => channel.medium));
  const folder = createOutbox({ folder: outboxFolder }).filter((channel) => !media.has(channel.medium));
  return real.length === 0 || outboxWanted ? [...real, ...folder] : real;
}

/** Who may tell us what became of a message: the readers of `POST /hooks/<connection>`. */
export function openReceipts(environment: Environment): readonly Receipts[] {
  return [...sendgridReceipts(environment), ...twilioReceipts(environment)];
}

function emailChannels({ smtpUrl, sendgrid }: Environment): readonly Channel[] {
  if (sendgrid?.apiKey !== undefined) return [createSendgrid({ ...sendgrid, apiKey: sendgrid.apiKey })];
  return smtpUrl === undefined ? [] : [createSmtp({ url: smtpUrl })];
}

function sendgridReceipts({ sendgrid }: Environment): readonly Receipts[] {
  return sendgrid?.webhookKey === undefined
    ? []
    : [createSendgridReceipts({ webhookKey: sendgrid.webhookKey })];
}

function twilioChannels({ twilio: settings, publicUrl }: Environment): readonly Channel[] {
  if (settings === undefined) return [];
  const { messagingServiceSid, whatsAppFrom: sender } = settings;
  const twilio = openTwilio(settings);
  return [
    ...(messagingServiceSid === undefined
      ? []
      : [createTwilioSms({ twilio, messagingServiceSid, publicUrl })]),
    ...(sender === undefined ? [] : [createTwilioWhatsApp({ twilio, sender, publicUrl })]),
  ];
}

/** One account signs for both; what customers write may come to either address. */
function twilioReceipts({ twilio }: Environment): readonly Receipts[] {
  if (twilio === undefined) return [];
  return ['twilio-sms', 'twilio-whatsapp'].map((connection) =>
    createTwilioReceipts({ ...twilio, connection }),
  );
}
