import { randomBytes } from 'node:crypto';
import type { TakenMail } from './taken-mail.ts';

/** What becomes of a mail after it was taken. */
export const fates = [
  'delivered',
  'deferred-then-delivered',
  'bounced',
  'blocked',
  'dropped',
  'complained',
  'unsubscribed',
] as const;
export type Fate = (typeof fates)[number];

export type EventBody = Readonly<Record<string, unknown>>;

type Details = Readonly<Record<string, unknown>> & { readonly event: string };

const processed: Details = { event: 'processed' };
const delivered: Details = { event: 'delivered', response: '250 2.0.0 OK', ip: '127.0.0.1', tls: 1 };

/** The story of a mail in events, with what a real one tells beside: addresses, networks and devices. */
function storyOf(fate: Fate, to: string): readonly Details[] {
  const noSuchUser = `550 5.1.1 <${to}>: Recipient address rejected: User unknown`;
  const busy = { event: 'deferred', response: '451 4.7.1 Greylisted', attempt: '1' };
  const bounced = { event: 'bounce', type: 'bounce', status: '5.1.1', reason: noSuchUser };
  const blocked = { event: 'bounce', type: 'blocked', status: '5.7.1', reason: '550 5.7.1 blocked' };
  const device = { ip: '203.0.113.7', useragent: 'Mozilla/5.0' };
  switch (fate) {
    case 'delivered':
      return [processed, delivered];
    case 'deferred-then-delivered':
      return [processed, busy, delivered];
    case 'bounced':
      return [processed, { ...bounced, bounce_classification: 'Invalid Address' }];
    case 'blocked':
      return [processed, { ...blocked, bounce_classification: 'Reputation' }];
    case 'dropped':
      return [{ event: 'dropped', reason: 'Bounced Address', status: '5.0.0' }];
    case 'complained':
      return [processed, delivered, { event: 'spamreport', ...device }];
    case 'unsubscribed':
      return [processed, delivered, { event: 'unsubscribe', ...device }];
    default:
      return fate satisfies never;
  }
}

/** The events of a mail in order, as the event webhook posts them: the custom arguments stand among the fields. */
export function eventsOf(mail: TakenMail, fate: Fate): readonly EventBody[] {
  return storyOf(fate, mail.to).map((details, second) => ({
    email: mail.to,
    timestamp: Math.floor(mail.at / 1000) + second,
    'smtp-id': `<${mail.id}@geopod-ismtpd-1>`,
    category: mail.body.categories ?? [],
    sg_event_id: randomBytes(24).toString('base64url'),
    sg_message_id: mail.sgMessageId,
    ...mail.body.custom_args,
    ...details,
  }));
}
