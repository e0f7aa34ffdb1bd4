import type { Instant } from '../../../domain/instant.ts';
import type { Notice } from '../receipts.ts';
import { classOfTwilioCode } from './twilio-errors.ts';
import type { InboundFields, StatusFields } from './webhook-fields.ts';

/** A status callback says no instant of its own that could be trusted, so it counts from when it came. */
export function noticeOfStatus(
  fields: Pick<StatusFields, 'MessageSid' | 'MessageStatus' | 'ErrorCode'>,
  sendId: string | undefined,
  now: Instant,
): Notice {
  const { MessageSid, MessageStatus, ErrorCode } = fields;
  const head = {
    id: `${MessageSid}|${MessageStatus}|${ErrorCode ?? ''}`,
    at: now,
    ...(sendId === undefined ? {} : { sendId }),
    providerId: MessageSid,
    raw: { MessageSid, MessageStatus, ...(ErrorCode ? { ErrorCode } : {}) },
  };
  switch (MessageStatus) {
    case 'accepted':
    case 'queued':
    case 'sending':
      return { ...head, kind: 'accepted' };
    case 'sent':
    case 'partially_delivered':
      return { ...head, kind: 'sent' };
    case 'delivered':
      return { ...head, kind: 'delivered' };
    case 'read':
      return { ...head, kind: 'read' };
    case 'undelivered':
    case 'failed': {
      const code = ErrorCode ? ErrorCode : MessageStatus;
      return { ...head, kind: 'failed', code, class: classOfTwilioCode(Number(ErrorCode)) };
    }
    case 'scheduled':
    case 'canceled':
    case 'receiving':
    case 'received':
      return { ...head, kind: 'other', name: MessageStatus };
    default:
      return MessageStatus satisfies never;
  }
}

const keywords = { STOP: 'stop', START: 'start', HELP: 'help' } as const;
const whatsApp = 'whatsapp:';

/** A message that a customer wrote. `providerId` is the message of ours that it replies to, where WhatsApp says so. */
export function noticeOfInbound(fields: InboundFields, now: Instant): Notice {
  const { MessageSid, From, Body, OptOutType, NumMedia, OriginalRepliedMessageSid } = fields;
  const isWhatsApp = From.startsWith(whatsApp);
  return {
    id: `${MessageSid}|received|`,
    at: now,
    ...(OriginalRepliedMessageSid === undefined ? {} : { providerId: OriginalRepliedMessageSid }),
    raw: {
      MessageSid,
      ...(OptOutType === undefined ? {} : { OptOutType }),
      ...(NumMedia === undefined ? {} : { NumMedia }),
    },
    kind: 'inbound',
    channel: isWhatsApp ? 'whatsapp' : 'sms',
    from: isWhatsApp ? From.slice(whatsApp.length) : From,
    text: Body,
    ...(OptOutType === undefined ? {} : { keyword: keywords[OptOutType] }),
  };
}
