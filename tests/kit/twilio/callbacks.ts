import { setTimeout as sleep } from 'node:timers/promises';
import { postSigned } from './signed-post.ts';
import type { MessageStatus, TakenMessage } from './taken-message.ts';

/** How status callbacks come: `late` waits, `never` loses them. */
export const callbackPlans = ['once', 'twice', 'reversed', 'late', 'never'] as const;
export type CallbackPlan = (typeof callbackPlans)[number];

/** What becomes of a message after it was taken. */
export interface Fate {
  readonly status: 'delivered' | 'undelivered' | 'failed' | 'read';
  readonly errorCode?: number;
}

interface Account {
  readonly accountSid: string;
  readonly authToken: string;
}

/** The first status, `accepted`, is in the answer and is not called back (reference 2.1). */
function stepsTo({ status }: Fate): readonly MessageStatus[] {
  if (status === 'failed') return ['failed'];
  return status === 'read' ? ['sent', 'delivered', 'read'] : ['sent', status];
}

export interface CallbackTiming {
  readonly plan: CallbackPlan;
  readonly delayMs: number;
}

/** Lives a message through to its fate and tells its status callback about it. */
export async function liveThrough(
  message: TakenMessage,
  fate: Fate,
  account: Account,
  { plan, delayMs }: CallbackTiming,
): Promise<void> {
  const steps = stepsTo(fate);
  message.status = steps.at(-1) ?? message.status;
  if (fate.errorCode !== undefined) message.errorCode = fate.errorCode;
  if (plan === 'never' || message.statusCallback === undefined) return;
  // Never before the answer to the request itself, unless a test posts one by hand.
  await sleep(plan === 'late' ? delayMs : 5);
  const order = plan === 'reversed' ? steps.toReversed() : steps;
  const isLast = (status: MessageStatus) => status === steps.at(-1);
  for (const status of order) {
    const errorCode = isLast(status) ? fate.errorCode : undefined;
    for (let times = plan === 'twice' ? 2 : 1; times > 0; times -= 1) {
      await postSigned(
        account.authToken,
        message.statusCallback,
        statusParameters(message, status, account, errorCode),
      );
    }
  }
}

/** What Twilio posts to a status callback. */
export function statusParameters(
  message: Pick<TakenMessage, 'sid' | 'to' | 'from' | 'messagingServiceSid'>,
  status: MessageStatus,
  { accountSid }: Pick<Account, 'accountSid'>,
  errorCode?: number,
): Record<string, string> {
  const isWhatsApp = message.to.startsWith('whatsapp:');
  return {
    ...(isWhatsApp ? { ChannelPrefix: 'whatsapp', ChannelToAddress: message.to.slice(9) } : {}),
    ...(isWhatsApp && status === 'read' ? { EventType: 'READ' } : {}),
    SmsSid: message.sid,
    SmsStatus: status,
    MessageStatus: status,
    To: message.to,
    MessageSid: message.sid,
    AccountSid: accountSid,
    From: message.from ?? '+15005550006',
    ApiVersion: '2010-04-01',
    ...(message.messagingServiceSid === undefined
      ? {}
      : { MessagingServiceSid: message.messagingServiceSid }),
    ...(errorCode === undefined ? {} : { ErrorCode: String(errorCode) }),
  };
}
