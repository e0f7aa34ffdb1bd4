import { openTwilio, type TwilioConnection } from '../../delivery/channels/twilio/open-twilio.ts';
import { createTwilioSms } from '../../delivery/channels/sms/create-twilio-sms.ts';
import { createTwilioWhatsApp } from '../../delivery/channels/whatsapp/create-twilio-whatsapp.ts';
import { twilioAccount, type TwilioServer } from '../kit/twilio-server.ts';

/** Where nobody listens: callbacks of these tests get lost, as Twilio's may. */
export const publicUrl = 'http://127.0.0.1:9';

/** Where a server is, and by which token somebody says who they are; the account's own if nothing else is said. */
type Where = Pick<TwilioServer, 'url'> & { readonly authToken?: string };

export function connectTo({ url, authToken = twilioAccount.authToken }: Where): TwilioConnection {
  return openTwilio({ ...twilioAccount, authToken, baseUrl: url });
}

export function smsTo(server: Where) {
  const { messagingServiceSid } = twilioAccount;
  return createTwilioSms({ twilio: connectTo(server), messagingServiceSid, publicUrl });
}

export function whatsAppTo(server: Where) {
  return createTwilioWhatsApp({ twilio: connectTo(server), sender: twilioAccount.whatsAppFrom, publicUrl });
}
