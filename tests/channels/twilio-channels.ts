import { openTwilio, type TwilioConnection } from '../../delivery/channels/twilio/open-twilio.ts';
import { createTwilioSms } from '../../delivery/channels/sms/create-twilio-sms.ts';
import { createTwilioWhatsApp } from '../../delivery/channels/whatsapp/create-twilio-whatsapp.ts';
import { twilioAccount, type TwilioServer } from '../kit/twilio-server.ts';

/** Where nobody listens: callbacks of these tests get lost, as Twilio's may. */
export const publicUrl = 'http://127.0.0.1:9';

export function connectTo({ url }: Pick<TwilioServer, 'url'>): TwilioConnection {
  return openTwilio({ ...twilioAccount, baseUrl: url });
}

export function smsTo(server: Pick<TwilioServer, 'url'>) {
  const { messagingServiceSid } = twilioAccount;
  return createTwilioSms({ twilio: connectTo(server), messagingServiceSid, publicUrl });
}

export function whatsAppTo(server: Pick<TwilioServer, 'url'>) {
  return createTwilioWhatsApp({ twilio: connectTo(server), sender: twilioAccount.whatsAppFrom, publicUrl });
}
