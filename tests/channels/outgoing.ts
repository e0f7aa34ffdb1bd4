import type { Outgoing } from '../../delivery/channels/channel.ts';
import { newId } from '../../store/new-id.ts';

/** Thursday, ten o'clock. */
export const at = Date.parse('2026-11-26T10:00:00Z');

export function outgoingEmail(subject: string): Outgoing {
  const sendId = newId();
  return {
    sendId,
    to: { address: `${sendId}@example.com`, name: '김민아' },
    from: { name: 'North & Pine', address: 'hello@shop.example', replyTo: 'help@shop.example' },
    content: {
      channel: 'email',
      language: 'en',
      subject,
      html: `<!doctype html><html lang="en"><title>x</title><p>Still there? 아직 있어요. ${'long '.repeat(300)}</p></html>`,
      text: 'Still there? 아직 있어요.\n.\nA dot of its own.',
    },
    at,
    validUntil: at + 3_600_000,
    purpose: 'marketing',
    origin: 'abandoned-cart',
    step: 'cart-reminder#1',
    message: 'cart-reminder',
    unsubscribe: `https://mail.shop.example/u/${'A'.repeat(68)}`,
  };
}

export function outgoingSms(text: string): Outgoing {
  return {
    sendId: newId(),
    to: { address: '+447700900123' },
    from: { name: 'North & Pine', address: 'NORTHPINE' },
    content: { channel: 'sms', language: 'en', text, segments: 1 },
    at,
    validUntil: at + 3_600_000,
    purpose: 'marketing',
    origin: 'abandoned-cart',
    step: 'cart-reminder#1',
    message: 'cart-reminder',
  };
}

/** Free text unless `template` says otherwise. */
export function outgoingWhatsApp(
  text: string,
  template: { readonly template?: string; readonly variables?: Readonly<Record<string, string>> } = {},
): Outgoing {
  return {
    ...outgoingSms(text),
    content: { channel: 'whatsapp', language: 'en', category: 'marketing', variables: {}, text, ...template },
  };
}
