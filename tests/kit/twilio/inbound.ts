import { twilioAccount } from './local-account.ts';
import { newSid } from './taken-message.ts';

/** A message that a customer writes. */
export interface Inbound {
  /** `+447700900123`, or `whatsapp:+447700900123`. */
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** Where the shop listens. */
  readonly url: string;
  /** The message that this answers, on WhatsApp. */
  readonly repliesTo?: string;
}

/** Twilio's default keywords in English; it understands them alone in a message only. */
const keywords: Readonly<Record<string, 'STOP' | 'START' | 'HELP'>> = {
  stop: 'STOP',
  stopall: 'STOP',
  unsubscribe: 'STOP',
  cancel: 'STOP',
  end: 'STOP',
  quit: 'STOP',
  start: 'START',
  yes: 'START',
  unstop: 'START',
  help: 'HELP',
  info: 'HELP',
};

export function keywordOf({ body }: Pick<Inbound, 'body'>): 'STOP' | 'START' | 'HELP' | undefined {
  return keywords[body.trim().toLowerCase()];
}

/** What Twilio posts when a customer has written. */
export function inboundParameters(inbound: Inbound): Record<string, string> {
  const { from, to, body, repliesTo } = inbound;
  const sid = newSid('SM');
  const keyword = keywordOf(inbound);
  const isWhatsApp = from.startsWith('whatsapp:');
  return {
    ToCountry: 'GB',
    SmsMessageSid: sid,
    NumMedia: '0',
    FromCountry: 'GB',
    SmsSid: sid,
    SmsStatus: 'received',
    ...(isWhatsApp ? { WaId: from.slice(10), ProfileName: 'Mina', MessageType: 'text' } : {}),
    Body: body,
    To: to,
    NumSegments: '1',
    MessageSid: sid,
    AccountSid: twilioAccount.accountSid,
    From: from,
    ApiVersion: '2010-04-01',
    ...(keyword === undefined ? {} : { OptOutType: keyword }),
    ...(repliesTo === undefined ? {} : { OriginalRepliedMessageSid: repliesTo }),
  };
}
