import { createHash } from 'node:crypto';
import type { ChannelName } from '../domain/channel-name.ts';

/** The three pages that a customer can see after following an unsubscribe link. */
export type UnsubscribePage =
  | { readonly kind: 'confirm'; readonly channel: ChannelName }
  | { readonly kind: 'done' }
  | { readonly kind: 'unknown' };

interface Words {
  readonly confirmTitle: string;
  readonly confirm: Readonly<Record<ChannelName, string>>;
  readonly stop: Readonly<Record<ChannelName, string>>;
  readonly stopAll: string;
  readonly doneTitle: string;
  readonly done: string;
  readonly unknownTitle: string;
  readonly unknown: string;
}

const english: Words = {
  confirmTitle: 'Stop these messages?',
  confirm: {
    email:
      'You will get no more marketing e-mails from us. Receipts and news about your orders still arrive.',
    sms: 'You will get no more marketing text messages from us. News about your orders still arrives.',
    whatsapp: 'You will get no more marketing on WhatsApp from us. News about your orders still arrives.',
  },
  stop: { email: 'Stop e-mails', sms: 'Stop text messages', whatsapp: 'Stop WhatsApp messages' },
  stopAll: 'Stop all marketing',
  doneTitle: 'Done.',
  done: 'You are unsubscribed, from this moment on. You need not do anything else.',
  unknownTitle: 'This link does not work.',
  unknown: 'It may have been cut off. Please use the whole link from the message, or write to us.',
};

const korean: Words = {
  confirmTitle: '수신을 거부하시겠어요?',
  confirm: {
    email: '앞으로 광고성 이메일을 보내지 않습니다. 주문과 영수증 안내는 계속 받으실 수 있어요.',
    sms: '앞으로 광고성 문자를 보내지 않습니다. 주문 안내는 계속 받으실 수 있어요.',
    whatsapp: '앞으로 WhatsApp 광고를 보내지 않습니다. 주문 안내는 계속 받으실 수 있어요.',
  },
  stop: { email: '이메일 수신거부', sms: '문자 수신거부', whatsapp: 'WhatsApp 수신거부' },
  stopAll: '모든 광고 수신거부',
  doneTitle: '처리되었습니다.',
  done: '지금부터 광고성 정보를 보내지 않습니다. 더 하실 일은 없어요.',
  unknownTitle: '사용할 수 없는 링크입니다.',
  unknown: '링크가 잘렸을 수 있어요. 메시지에 있는 전체 링크를 사용하시거나 저희에게 알려 주세요.',
};

const style = `
  :root { color-scheme: light dark; --ink: #1d2b25; --soft: #5a6a61; --paper: #f6f8f6; --card: #fff; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e6eee9; --soft: #a3b2a9; --paper: #141a17; --card: #1d2521; } }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--paper);
    color: var(--ink); font: 1.0625rem/1.6 system-ui, sans-serif; word-break: keep-all; overflow-wrap: anywhere; }
  main { width: 100%; max-width: 28rem; padding: 2rem; border-radius: .75rem; background: var(--card); }
  .brand { margin: 0 0 1.5rem; color: var(--soft); font-size: .9375rem; }
  h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.3; }
  p { margin: 0; }
  form { display: grid; gap: .75rem; margin-top: 1.75rem; }
  button { padding: .8125rem 1rem; border: 1px solid #1f5c46; border-radius: .5rem; background: #1f5c46; color: #fff;
    font: inherit; font-weight: 600; cursor: pointer; }
  button.quiet { border-color: var(--soft); background: none; color: var(--ink); font-weight: 400; }
  button:focus-visible { outline: 3px solid #7fc4a4; outline-offset: 2px; }
`;

/** What the pages may do: show themselves and send their own form. No script, no picture, no frame around them. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
} as const;

/** A whole page, in Korean for Korean tags and in English for all others. */
export function renderUnsubscribePage(page: UnsubscribePage, brand: string, locale = 'en'): string {
  const isKorean = locale.toLowerCase().startsWith('ko');
  const words = isKorean ? korean : english;
  const title = words[`${page.kind}Title`];
  const text = page.kind === 'confirm' ? words.confirm[page.channel] : words[page.kind];
  return `<!doctype html>
<html lang="${isKorean ? 'ko' : 'en'}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
<main>
<p class="brand">${escapeHtml(brand)}</p>
<h1>${title}</h1>
<p>${text}</p>
${page.kind === 'confirm' ? formFor(page.channel, words) : ''}</main>
</html>
`;
}

function formFor(channel: ChannelName, words: Words): string {
  return `<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<button>${words.stop[channel]}</button>
<button class="quiet" name="scope" value="all">${words.stopAll}</button>
</form>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
