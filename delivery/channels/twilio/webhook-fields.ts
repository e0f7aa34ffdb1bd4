import * as z from 'zod';

/*
 * Twilio signs names and values run together without anything between them, so `From=+1, To=+2` and `From=+1To+2` carry
 * the same signature: whoever saw one genuine webhook could post it again, cut elsewhere. So each field is held to its
 * form to the letter, also those that are not used: a field that has swallowed its neighbour does not fit. What is left
 * is a customer's own text, from which an end could be cut off as a field of its own; such a copy has the message id of
 * the genuine one, and a notice counts once.
 */

const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-f]{32}$`));
const messageSid = sid('(SM|MM)');
const accountSid = sid('AC');

/** A number, a short code or a name; on WhatsApp a number. */
const party = z.string().regex(/^(whatsapp:\+[1-9]\d{6,14}|\+[1-9]\d{6,14}|\d{3,8}|[A-Za-z0-9 ]{1,11})$/);
const customer = z.string().regex(/^(whatsapp:)?\+[1-9]\d{6,14}$/);
const apiVersion = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const service = sid('MG').optional();

/** What Twilio calls the states of a message; those of calls and of lists are not among them. */
const messageStatus = z.enum([
  'accepted',
  'scheduled',
  'canceled',
  'queued',
  'sending',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'receiving',
  'received',
  'read',
  'partially_delivered',
]);

/** https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks */
export const statusFields = z.object({
  AccountSid: accountSid,
  ApiVersion: apiVersion.optional(),
  ErrorCode: z
    .string()
    .regex(/^(\d{5})?$/)
    .optional(),
  From: party.optional(),
  MessageSid: messageSid,
  MessageStatus: messageStatus,
  MessagingServiceSid: service,
  SmsSid: messageSid.optional(),
  SmsStatus: messageStatus.optional(),
  To: party.optional(),
});
export type StatusFields = z.infer<typeof statusFields>;

/** https://www.twilio.com/docs/messaging/guides/webhook-request */
export const inboundFields = z.object({
  AccountSid: accountSid,
  ApiVersion: apiVersion,
  // A picture has no text.
  Body: z.string().max(4096),
  From: customer,
  MessageSid: messageSid,
  MessagingServiceSid: service,
  NumMedia: z
    .string()
    .regex(/^\d{1,2}$/)
    .optional(),
  NumSegments: z
    .string()
    .regex(/^\d{1,3}$/)
    .optional(),
  OptOutType: z.enum(['STOP', 'START', 'HELP']).optional(),
  OriginalRepliedMessageSid: messageSid.optional(),
  SmsMessageSid: messageSid.optional(),
  SmsSid: messageSid.optional(),
  SmsStatus: z.literal('received').optional(),
  To: party,
});
export type InboundFields = z.infer<typeof inboundFields>;

const knownNames = [...Object.keys(statusFields.shape), ...Object.keys(inboundFields.shape)];

/** `B=odyNo` reads as `Body=No` where it was signed: a name that continues, in its value, as the name of a known field. */
export function isCutElsewhere(name: string, value: string): boolean {
  const runTogether = name + value;
  return knownNames.some((known) => known.length > name.length && runTogether.startsWith(known));
}
