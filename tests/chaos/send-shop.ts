import { createSendgrid } from '../../delivery/channels/email/create-sendgrid.ts';
import { createTwilioSms } from '../../delivery/channels/sms/create-twilio-sms.ts';
import { openTwilio } from '../../delivery/channels/twilio/open-twilio.ts';
import { createTwilioWhatsApp } from '../../delivery/channels/whatsapp/create-twilio-whatsapp.ts';
import type { DeliverDeps } from '../../delivery/deliver.ts';
import { precompile } from '../../delivery/rendering/precompile.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import type { ChannelName } from '../../domain/channel-name.ts';
import type { DeliveryClass, Purpose } from '../../domain/message.ts';
import type { Database } from '../../store/database.ts';
import { shopOf, testMessages } from '../delivery/delivery-shop.ts';
import { sendgridApiKey } from '../kit/sendgrid-server.ts';
import { twilioAccount } from '../kit/twilio-server.ts';

export const classes = ['once', 'must', 'keyed'] as const satisfies readonly DeliveryClass[];
export const media = ['email', 'sms', 'whatsapp'] as const satisfies readonly ChannelName[];

const say = (
  name: string,
  channel: ChannelName,
  sendClass: DeliveryClass,
  purpose: Purpose = 'transactional',
) => ({
  ...testMessages.receipt,
  name,
  purpose,
  class: sendClass,
  channels: [channel],
});

/** A message of each class on each channel, and one that may not go at night. */
const messages = Object.fromEntries([
  ...classes.flatMap((each) =>
    media.map((medium) => [`${each}-${medium}`, say(`${each}-${medium}`, medium, each)]),
  ),
  ['offer-sms', say('offer-sms', 'sms', 'once', 'marketing')],
]);

const words = {
  email: {
    subject: precompile('{{say}}', 'plain'),
    html: precompile('<p>{{say}}</p><a href="{{links.unsubscribe}}">stop</a>', 'html'),
    text: precompile('{{say}} {{links.unsubscribe}}', 'plain'),
  },
  sms: { text: precompile('{{say}}', 'plain') },
  whatsapp: {
    name: 'word',
    category: 'utility',
    body: '{{1}}',
    variables: { 1: precompile('{{say}}', 'plain') },
  },
} as const;

export interface SendShopPlaces {
  readonly sendgridUrl: string;
  readonly twilioUrl: string;
  /** Where the server process listens. */
  readonly publicUrl: string;
  /** How far this world is ahead of the wall clock, in milliseconds. */
  readonly offsetMs: number;
}

/** The one path of delivery with the real adapters, against providers of this machine. A lease is over in seconds. */
export function sendShopOf(
  db: Database,
  { sendgridUrl, twilioUrl, publicUrl, offsetMs }: SendShopPlaces,
): DeliverDeps {
  const { messagingServiceSid, whatsAppFrom } = twilioAccount;
  const twilio = openTwilio({ ...twilioAccount, baseUrl: twilioUrl });
  const { deps } = shopOf(db, {
    messages,
    channels: [
      createSendgrid({ apiKey: sendgridApiKey, baseUrl: sendgridUrl }),
      createTwilioSms({ twilio, messagingServiceSid, publicUrl }),
      createTwilioWhatsApp({ twilio, sender: whatsAppFrom, publicUrl }),
    ],
  });
  return {
    ...deps,
    renderer: createRenderer({
      templates: Object.fromEntries(Object.keys(messages).map((name) => [name, { en: words, ko: words }])),
    }),
    clock: { now: () => Date.now() + offsetMs },
    sendTimeoutMs: 2000,
    leaseMs: 6000,
  };
}
