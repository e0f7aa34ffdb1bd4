import { randomBytes } from 'node:crypto';
import type { CreateParameters } from './create-parameters.ts';

export type MessageStatus =
  'accepted' | 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed' | 'read' | 'received';

/** A message that Twilio has taken responsibility for. */
export interface TakenMessage extends CreateParameters {
  readonly sid: string;
  /** From the `s=` of its status callback. */
  readonly sendId: string | undefined;
  readonly at: number;
  /** As the customer reads them. */
  readonly words: string;
  status: MessageStatus;
  errorCode?: number;
}

export const newSid = (prefix: string): string => `${prefix}${randomBytes(16).toString('hex')}`;

export function takeMessage(parameters: CreateParameters, words: string, at: number): TakenMessage {
  const { statusCallback } = parameters;
  const sendId = statusCallback === undefined ? null : new URL(statusCallback).searchParams.get('s');
  return { ...parameters, sid: newSid('SM'), sendId: sendId ?? undefined, at, words, status: 'accepted' };
}

/** As the API shows it. Nothing of the callback is in it, and its date is whole seconds. */
export function resourceOf(message: TakenMessage, accountSid: string): object {
  const { sid, to, from, messagingServiceSid, words, status, errorCode, at } = message;
  const isSent = status !== 'accepted' && status !== 'queued';
  return {
    sid,
    account_sid: accountSid,
    api_version: '2010-04-01',
    body: words,
    date_created: rfc2822(at),
    date_sent: isSent ? rfc2822(at) : null,
    date_updated: rfc2822(at),
    direction: 'outbound-api',
    error_code: errorCode ?? null,
    error_message: null,
    from: from ?? null,
    messaging_service_sid: messagingServiceSid ?? null,
    num_media: '0',
    num_segments: '0',
    price: null,
    price_unit: null,
    status,
    subresource_uris: { media: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}/Media.json` },
    to,
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
  };
}

/** `Mon, 23 Nov 2026 10:00:00 +0000` */
function rfc2822(at: number): string {
  return new Date(at).toUTCString().replace('GMT', '+0000');
}
