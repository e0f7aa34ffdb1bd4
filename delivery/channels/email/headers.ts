import { assertSafeLine } from '../safe-text.ts';
import type { OutgoingEmail } from './outgoing-email.ts';

/** Values that must reach the recipient's server as they are: an encoder would make them unreadable to machines. */
export type MailHeaders = Readonly<Record<string, string>>;

/**
 * The headers that let anyone stop a message by one click (RFC 8058), file it (RFC 2919), complain about the right one
 * (Feedback-ID) and not answer it by machine (RFC 3834). They are the same over every provider.
 *
 * @param domain of the sender's address
 * @throws PerennialError `message-unsafe` when something in a header would begin another.
 */
export function headersOf(outgoing: OutgoingEmail, domain: string): MailHeaders {
  const { purpose, origin, message, unsubscribe } = outgoing;
  const headers = {
    'Auto-Submitted': 'auto-generated',
    'Feedback-ID': assertSafeLine(`${message}:${origin}:${purpose}:${domain}`, 'feedback id'),
  };
  if (unsubscribe === undefined) return headers;
  return {
    ...headers,
    'List-Unsubscribe': `<${assertSafeLine(unsubscribe, 'unsubscribe link')}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Id': `<${purpose}.${domain}>`,
  };
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}
