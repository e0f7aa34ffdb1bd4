import type { TakenMessage } from '../channel.ts';
import type { Notice } from '../receipts.ts';
import { noticeOfStatus } from './notices-of-fields.ts';
import type { TwilioConnection } from './open-twilio.ts';

const patienceMs = 15_000;

/** Where a message stands, as its status callback would say. `undefined` when Twilio does not answer. */
export async function readStatus(
  twilio: TwilioConnection,
  { sendId, providerId, now }: TakenMessage,
): Promise<Notice | undefined> {
  const { value: message } = await twilio.ask(AbortSignal.timeout(patienceMs), (client) =>
    client.messages(providerId).fetch(),
  );
  if (message === undefined) return undefined;
  const { sid, status, errorCode } = message;
  // The maker's client says `undefined` or 0 for no error, and a number for one.
  const ErrorCode = errorCode ? String(errorCode) : undefined;
  return noticeOfStatus(
    { MessageSid: sid, MessageStatus: status, ...(ErrorCode === undefined ? {} : { ErrorCode }) },
    sendId,
    now,
  );
}
