import type { ChannelName } from '../domain/channel-name.ts';
import { definePage, escapeHtml, pageLanguage, type PageLanguage } from './page.ts';

/** The two pages that a customer can see after following an unsubscribe link. */
export type UnsubscribePage =
  | { readonly kind: 'confirm'; readonly channel: ChannelName; readonly preferences: string }
  | { readonly kind: 'done'; readonly preferences: string };

interface Words {
  readonly confirmTitle: string;
  readonly confirm: Readonly<Record<ChannelName, string>>;
  readonly stop: Readonly<Record<ChannelName, string>>;
  readonly stopAll: string;
  readonly doneTitle: string;
  readonly done: string;
  /** The link to the page where one can choose instead. */
  readonly preferences: string;
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
  preferences: 'Choose what you get instead',
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
  preferences: '받을 내용을 직접 선택하기',
};

const wordsIn: Readonly<Record<PageLanguage, Words>> = { en: english, ko: korean };

const page = definePage();

export const unsubscribePageHeaders = page.headers;

/** A whole page, in Korean for Korean tags and in English for all others. */
export function renderUnsubscribePage(shown: UnsubscribePage, brand: string, locale?: string): string {
  const language = pageLanguage(locale);
  const words = wordsIn[language];
  const text = shown.kind === 'confirm' ? words.confirm[shown.channel] : words[shown.kind];
  return page.render({
    language,
    brand,
    title: words[`${shown.kind}Title`],
    main: `<p>${text}</p>\n${actionsOf(shown, words)}`,
  });
}

function actionsOf(shown: UnsubscribePage, words: Words): string {
  const more = `<p class="after"><a href="${escapeHtml(shown.preferences)}">${words.preferences}</a></p>\n`;
  return shown.kind === 'confirm' ? formFor(shown.channel, words) + more : more;
}

function formFor(channel: ChannelName, words: Words): string {
  return `<form method="post">
<input type="hidden" name="List-Unsubscribe" value="One-Click">
<button>${words.stop[channel]}</button>
<button class="quiet" name="scope" value="all">${words.stopAll}</button>
</form>
`;
}
