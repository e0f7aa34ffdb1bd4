import type { SendgridMail } from '@sendgrid/mail/src/classes/mail-service.js';
import { assertMailAddress, assertSafeLine, safeName } from '../safe-text.ts';
import { domainOf, headersOf } from './headers.ts';
import type { OutgoingEmail } from './outgoing-email.ts';
import { withoutProviderTags } from './provider-tags.ts';

/** The name of our id among the custom arguments. SendGrid gives it back with each event and in its logs. */
export const sendIdArgument = 'send_id';

/**
 * A message as `POST /v3/mail/send` takes it: one recipient, text before HTML, our own headers.
 *
 * Custom arguments and categories are kept by SendGrid as "not personal" and cannot be erased there, so they hold opaque
 * ids and names of our journeys only. All four tracking settings are said each time, or the account's defaults would
 * decide (R-SG-4): opens are not tracked, clicks are counted by our own links, and the unsubscribe link is ours.
 *
 * @throws PerennialError `message-unsafe` when something in a header would begin another: SendGrid's client does not look.
 */
export function sendgridMail(outgoing: OutgoingEmail): SendgridMail {
  const { from, to, content, sendId, origin, step } = outgoing;
  const sender = assertMailAddress(from.address, "sender's address");
  const recipient = assertMailAddress(to.address, "recipient's address");
  const name = safeName(to.name ?? '', "recipient's name")
    .replace(/[;,]/g, ' ')
    .trim();
  return {
    to: { email: recipient, ...(name === '' ? {} : { name }) },
    from: { email: sender, name: safeName(from.name, "sender's name") },
    ...(from.replyTo === undefined
      ? {}
      : { replyTo: { email: assertMailAddress(from.replyTo, 'reply address') } }),
    subject: withoutProviderTags(assertSafeLine(content.subject, 'subject')),
    content: [
      { type: 'text/plain', value: withoutProviderTags(content.text) },
      { type: 'text/html', value: withoutProviderTags(content.html) },
    ],
    headers: headersOf(outgoing, domainOf(sender)),
    categories: [...new Set([origin, step])],
    customArgs: { [sendIdArgument]: sendId },
    trackingSettings: {
      clickTracking: { enable: false, enableText: false },
      openTracking: { enable: false },
      subscriptionTracking: { enable: false },
      ganalytics: { enable: false },
    },
  };
}
