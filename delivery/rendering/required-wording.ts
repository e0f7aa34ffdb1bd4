import Handlebars from 'handlebars';
import type {
  RenderedEmail,
  RenderedMessage,
  RenderedSms,
  RenderedWhatsApp,
} from '../../domain/rendered-message.ts';
import { holdsWording, type RequiredWording } from '../../domain/required-wording.ts';
import type { StandardData } from '../../domain/standard-data.ts';
import { sizeOfSms } from './sms-segments.ts';

/** A rule about words, and what the shop has to fill it with. */
export interface WordingToAdd {
  readonly rule: RequiredWording;
  /** A number at which a text message is refused free of charge. Without it, the link in the message is the way. */
  readonly freeNumber?: string;
}

type Shop = Pick<StandardData, 'brand' | 'links'>;

/**
 * The message with all that the law of its recipient's place asks for, whatever the language of its template. Segments
 * are counted anew. The words of an approved WhatsApp template cannot be changed: they must hold it from the start.
 */
export function withRequiredWording(
  message: RenderedMessage,
  wording: WordingToAdd,
  shop: Shop,
): RenderedMessage {
  const { rule } = wording.rule;
  switch (message.channel) {
    case 'email':
      return { ...mailWith(message, wording, shop), wording: rule };
    case 'sms':
      return { ...smsWith(message, wording, shop), wording: rule };
    case 'whatsapp':
      return { ...whatsAppWith(message, wording, shop), wording: rule };
    default:
      return message satisfies never;
  }
}

function smsWith(message: RenderedSms, wording: WordingToAdd, shop: Shop): RenderedSms {
  const text = labelled(message.text, wording, shop);
  return { ...message, text, segments: sizeOfSms(text).segments };
}

function whatsAppWith(message: RenderedWhatsApp, wording: WordingToAdd, shop: Shop): RenderedWhatsApp {
  return message.template !== undefined || holdsWording(message.text, wording.rule)
    ? message
    : { ...message, text: labelled(message.text, wording, shop) };
}

/** The label first, then who writes, and the way to refuse last. */
function labelled(text: string, { rule, freeNumber }: WordingToAdd, { brand, links }: Shop): string {
  const sender = text.includes(brand.name) ? '' : `[${brand.name}] `;
  const refused =
    freeNumber === undefined
      ? refusedByLink(text, rule.refusal, links.unsubscribe)
      : refusedByNumber(text, rule.refusal, links.unsubscribe, freeNumber);
  const phone = brand.phone === undefined || text.includes(brand.phone) ? '' : `${brand.phone} `;
  const at = refused.lastIndexOf(rule.refusal);
  return `${rule.label}${sender}${refused.slice(0, at)}${phone}${refused.slice(at)}`;
}

/** `Stop: https://…` becomes `Stop: 무료수신거부 https://…`; what says so already is left alone. */
function refusedByLink(text: string, refusal: string, link: string): string {
  if (text.includes(`${refusal} ${link}`)) return text;
  const at = text.lastIndexOf(link);
  return at === -1 ? `${text} ${refusal} ${link}` : `${text.slice(0, at)}${refusal} ${text.slice(at)}`;
}

/** A number takes the place of the link that the template offers in the same words: both would cost another segment. */
function refusedByNumber(text: string, refusal: string, link: string, freeNumber: string): string {
  const withoutLink = text.endsWith(`${refusal} ${link}`)
    ? text.slice(0, -`${refusal} ${link}`.length).trimEnd()
    : text;
  return `${withoutLink} ${refusal} ${freeNumber}`;
}

function mailWith(mail: RenderedEmail, { rule }: WordingToAdd, shop: Shop): RenderedEmail {
  return {
    ...mail,
    subject: `${rule.label} ${mail.subject}`,
    html: beforeEndOfBody(mail.html, htmlFoot(rule, shop)),
    text: `${mail.text.trimEnd()}\n\n${textFoot(rule, shop)}\n`,
  };
}

/** Sender, postal address, telephone number and e-mail address. */
function senderLine({ mail }: RequiredWording, { brand }: Shop): string {
  const phone = brand.phone === undefined ? [] : [`${mail.phone} ${brand.phone}`];
  return [brand.name, brand.address, ...phone, `${mail.email} ${brand.email}`].join(' · ');
}

function textFoot(rule: RequiredWording, shop: Shop): string {
  const ways = rule.mail.unsubscribe.map(({ before, link, after }) => `${before}${link}${after}`);
  return [senderLine(rule, shop), ...ways, shop.links.unsubscribe].join('\n');
}

function htmlFoot(rule: RequiredWording, shop: Shop): string {
  const href = escape(shop.links.unsubscribe);
  const ways = rule.mail.unsubscribe.map(
    ({ before, link, after }) =>
      `${escape(before)}<a href="${href}" style="color:inherit">${escape(link)}</a>${escape(after)}`,
  );
  const lines = [escape(senderLine(rule, shop)), ...ways].join('<br />');
  return `<div class="quiet" lang="${rule.mail.language}" style="max-width:536px;margin:0 auto;padding:0 32px 40px;text-align:center;color:#63605a;font-family:-apple-system,'Apple SD Gothic Neo','Malgun Gothic','Noto Sans KR',Helvetica,Arial,sans-serif;font-size:14px;line-height:1.6">${lines}</div>`;
}

function escape(text: string): string {
  return Handlebars.Utils.escapeExpression(text);
}

function beforeEndOfBody(html: string, foot: string): string {
  const at = html.toLowerCase().lastIndexOf('</body>');
  return at === -1 ? `${html}${foot}` : `${html.slice(0, at)}${foot}${html.slice(at)}`;
}
