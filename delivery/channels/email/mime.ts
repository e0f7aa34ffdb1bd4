import MailComposer from 'nodemailer/lib/mail-composer';
import { assertMailAddress, assertSafeLine, safeName } from '../safe-text.ts';
import { domainOf, headersOf, type MailHeaders } from './headers.ts';
import type { OutgoingEmail } from './outgoing-email.ts';

/** An e-mail as its recipient's server will see it. */
export interface Mime {
  readonly envelope: { readonly from: string; readonly to: string };
  readonly source: Buffer;
}

/**
 * Builds the message: text first, then HTML (RFC 2046), with the headers that let anyone stop it by one click (RFC 8058),
 * file it (RFC 2919) and not answer it by machine (RFC 3834). The same message always gives the same bytes.
 *
 * @throws PerennialError `message-unsafe` when something in a header would begin another.
 */
export async function buildMime(outgoing: OutgoingEmail): Promise<Mime> {
  const { from, to, content, sendId, at } = outgoing;
  const sender = assertMailAddress(from.address, "sender's address");
  const recipient = assertMailAddress(to.address, "recipient's address");
  const domain = domainOf(sender);
  const composer = new MailComposer({
    from: { name: safeName(from.name, "sender's name"), address: sender },
    to: { name: safeName(to.name ?? '', "recipient's name"), address: recipient },
    ...(from.replyTo === undefined ? {} : { replyTo: assertMailAddress(from.replyTo, 'reply address') }),
    subject: assertSafeLine(content.subject, 'subject'),
    text: content.text,
    html: content.html,
    date: new Date(at),
    messageId: `<${sendId}@${domain}>`,
    baseBoundary: sendId,
    headers: prepared(headersOf(outgoing, domain)),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const source = await composer.compile().build();
  return { envelope: { from: sender, to: recipient }, source };
}

/** A header as it is: `prepared` keeps the encoder away from a word that is long or quoted. */
function prepared(headers: MailHeaders) {
  return Object.entries(headers).map(([key, value]) => ({ key, value: { prepared: true, value } }));
}
