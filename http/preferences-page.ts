import type { ChannelPreference, Preferences } from '../client/preferences.ts';
import type { ChannelName } from '../domain/channel-name.ts';
import { definePage, escapeHtml, pageLanguage, type PageLanguage } from './page.ts';

/** The pages behind a preference link. */
export type PreferencesPage =
  | { readonly kind: 'form'; readonly preferences: Preferences; readonly saved: boolean }
  /** The link is ours, and nothing is kept about its customer any more. */
  | { readonly kind: 'nobody' };

interface Words {
  readonly title: string;
  readonly saved: string;
  readonly gets: (channels: readonly string[]) => string;
  readonly getsNothing: string;
  readonly paused: (day: string) => string;
  readonly always: string;
  readonly channels: string;
  readonly channel: Readonly<Record<ChannelName, string>>;
  /** As a part of the sentence "You get marketing by …". */
  readonly by: Readonly<Record<ChannelName, string>>;
  readonly stopped: Readonly<Record<ChannelName, string>>;
  readonly topics: string;
  readonly pause: string;
  readonly noPause: string;
  readonly keepPause: (day: string) => string;
  readonly endPause: string;
  readonly pauseFor: (days: number) => string;
  readonly language: string;
  readonly save: string;
  readonly stopAll: string;
  readonly nobody: string;
}

const english: Words = {
  title: 'What you get from us',
  saved: 'Saved.',
  gets: (channels) => `You get marketing by ${new Intl.ListFormat('en-GB').format(channels)}.`,
  getsNothing: 'You get no marketing from us.',
  paused: (day) => `It is paused until ${day}.`,
  always: 'Receipts and news about your orders always arrive.',
  channels: 'Send me marketing by',
  channel: { email: 'E-mail', sms: 'Text message', whatsapp: 'WhatsApp' },
  by: { email: 'e-mail', sms: 'text message', whatsapp: 'WhatsApp' },
  stopped: {
    email: 'Stopped for this address. Write to us if you want it back.',
    sms: 'Stopped for this number. Text START to the number that wrote to you if you want it back.',
    whatsapp: 'Stopped for this number. Send us START on WhatsApp if you want it back.',
  },
  topics: 'About',
  pause: 'Take a break',
  noPause: 'No break',
  keepPause: (day) => `Keep the break until ${day}`,
  endPause: 'End the break now',
  pauseFor: (days) => `No marketing for ${days} days`,
  language: 'Language',
  save: 'Save',
  stopAll: 'Stop all marketing',
  nobody: 'We keep nothing about you any more, and you get no marketing from us.',
};

const korean: Words = {
  title: '수신 설정',
  saved: '저장되었습니다.',
  gets: (channels) => `현재 광고성 정보를 받고 계신 방법: ${channels.join(', ')}.`,
  getsNothing: '현재 광고성 정보를 받지 않고 계십니다.',
  paused: (day) => `${day} 전까지 쉽니다.`,
  always: '주문과 영수증 안내는 항상 보내 드립니다.',
  channels: '광고성 정보를 받는 방법',
  channel: { email: '이메일', sms: '문자', whatsapp: 'WhatsApp' },
  by: { email: '이메일', sms: '문자', whatsapp: 'WhatsApp' },
  stopped: {
    email: '이 주소는 수신이 차단되어 있습니다. 다시 받으시려면 저희에게 알려 주세요.',
    sms: '이 번호는 수신이 차단되어 있습니다. 다시 받으시려면 문자를 보낸 번호로 START를 보내 주세요.',
    whatsapp: '이 번호는 수신이 차단되어 있습니다. 다시 받으시려면 WhatsApp으로 START를 보내 주세요.',
  },
  topics: '받을 내용',
  pause: '잠시 쉬기',
  noPause: '쉬지 않기',
  keepPause: (day) => `${day} 전까지 계속 쉬기`,
  endPause: '지금부터 다시 받기',
  pauseFor: (days) => `${days}일 동안 받지 않기`,
  language: '언어',
  save: '저장',
  stopAll: '모든 광고 수신거부',
  nobody: '저희는 고객님에 대한 정보를 더 이상 보관하지 않으며, 광고성 정보를 보내지 않습니다.',
};

const wordsIn: Readonly<Record<PageLanguage, Words>> = { en: english, ko: korean };

/** The pauses that the page offers, in days. */
export const pauses = [30, 90] as const;

const page = definePage({
  style: `
  .state { margin-top: .75rem; }
  .saved { margin: 0 0 1rem; padding: .625rem .875rem; border: 1px solid var(--edge); border-radius: .5rem; }
  fieldset { min-width: 0; margin: 0 0 .75rem; padding: 0; border: 0; }
  legend, .label { display: block; margin-bottom: .25rem; padding: 0; font-weight: 600; }
  .choice { display: flex; gap: .75rem; align-items: flex-start; min-height: 2.75rem; padding: .5rem 0;
    border-bottom: 1px solid var(--line); cursor: pointer; }
  .choice:last-child { border-bottom: 0; }
  .choice input { flex: none; width: 1.375rem; height: 1.375rem; margin: .125rem 0 0; accent-color: var(--accent); }
  .choice small { display: block; color: var(--soft); font-size: .9375rem; }
  .choice:has(input:disabled) { cursor: default; }
  select { width: 100%; min-height: 3rem; margin-bottom: 1rem; padding: .5rem .75rem; border: 1px solid var(--edge);
    border-radius: .5rem; background: var(--card); color: var(--ink); font: inherit; }
`,
});

export const preferencesPageHeaders = page.headers;

/** A whole page, in the language that the customer is written to; what the form asks for is read by `readPreferenceForm`. */
export function renderPreferencesPage(shown: PreferencesPage, brand: string, locale?: string): string {
  const language = pageLanguage(shown.kind === 'form' ? shown.preferences.language : locale);
  const words = wordsIn[language];
  switch (shown.kind) {
    case 'form':
      return page.render({ language, brand, title: words.title, main: formPage(shown, words, language) });
    case 'nobody':
      return page.render({ language, brand, title: words.title, main: `<p>${words.nobody}</p>\n` });
    default:
      return shown satisfies never;
  }
}

/** The words above the ticks, kept with the consent that a tick gives; which was ticked is in the consent itself. */
export function consentWording(language: string): string {
  const { channels, topics } = wordsIn[pageLanguage(language)];
  return `${channels} […]. ${topics} […].`;
}

function formPage(
  { preferences, saved }: Extract<PreferencesPage, { kind: 'form' }>,
  words: Words,
  language: PageLanguage,
): string {
  const { channels, topics } = preferences;
  const shown = [
    ...channels.filter(isOn).map(({ channel }) => hidden('had', channel)),
    ...topics.filter(({ wanted }) => wanted).map(({ topic }) => hidden('had-topic', topic)),
  ];
  return `${saved ? `<p class="saved" role="status">${words.saved}</p>\n` : ''}<p class="state">${stateOf(preferences, words, language)}</p>
<form method="post" autocomplete="off">
${shown.join('')}${channelsOf(channels, words)}${topicsOf(preferences, words, language)}${pauseOf(preferences, words, language)}${languagesOf(preferences, words)}<button name="action" value="save">${words.save}</button>
${channels.some(isOn) ? `<button class="quiet" name="action" value="stop">${words.stopAll}</button>\n` : ''}</form>
`;
}

function stateOf({ channels, pausedUntil }: Preferences, words: Words, language: PageLanguage): string {
  const on = channels.filter(isOn).map(({ channel }) => words.by[channel]);
  return [
    on.length === 0 ? words.getsNothing : words.gets(on),
    ...(on.length > 0 && pausedUntil !== undefined ? [words.paused(dayIn(language, pausedUntil))] : []),
    words.always,
  ].join(' ');
}

function isOn({ wanted, stopped }: ChannelPreference): boolean {
  return wanted && !stopped;
}

function channelsOf(channels: readonly ChannelPreference[], words: Words): string {
  return group(
    words.channels,
    channels.map((each) => {
      const { channel, stopped } = each;
      const why = stopped ? `<small>${words.stopped[channel]}</small>` : '';
      return choice('checkbox', 'channel', channel, `${words.channel[channel]}${why}`, {
        checked: isOn(each),
        disabled: stopped,
      });
    }),
  );
}

function topicsOf({ channels, topics }: Preferences, words: Words, language: PageLanguage): string {
  if (channels.length === 0) return '';
  return group(
    words.topics,
    topics.map(({ topic, words: names, wanted }) =>
      choice('checkbox', 'topic', topic, escapeHtml(names[language] ?? names['en'] ?? topic), {
        checked: wanted,
      }),
    ),
  );
}

function pauseOf({ channels, pausedUntil }: Preferences, words: Words, language: PageLanguage): string {
  if (channels.length === 0) return '';
  const kept =
    pausedUntil === undefined
      ? [choice('radio', 'pause', 'keep', words.noPause, { checked: true })]
      : [
          choice('radio', 'pause', 'keep', words.keepPause(dayIn(language, pausedUntil)), { checked: true }),
          choice('radio', 'pause', '0', words.endPause),
        ];
  const offered = pauses.map((days) => choice('radio', 'pause', String(days), words.pauseFor(days)));
  return group(words.pause, [...kept, ...offered]);
}

function languagesOf({ language, languages }: Preferences, words: Words): string {
  if (languages.length < 2) return '';
  const options = languages.map(
    (each) =>
      `<option value="${escapeHtml(each)}" lang="${escapeHtml(each)}"${each === language ? ' selected' : ''}>${escapeHtml(nameOf(each))}</option>`,
  );
  return `<div><label class="label" for="language">${words.language}</label>
<select id="language" name="language">
${options.join('\n')}
</select></div>
${hidden('had-language', language)}`;
}

/** Each language in itself: whoever got the wrong one can read the name of theirs. */
function nameOf(language: string): string {
  return new Intl.DisplayNames(language, { type: 'language' }).of(language) ?? language;
}

/** Nothing at all where there is nothing to choose. */
function group(legend: string, choices: readonly string[]): string {
  if (choices.length === 0) return '';
  return `<fieldset>
<legend>${legend}</legend>
${choices.join('\n')}
</fieldset>
`;
}

function choice(
  type: 'checkbox' | 'radio',
  name: string,
  value: string,
  label: string,
  { checked = false, disabled = false } = {},
): string {
  const state = `${checked ? ' checked' : ''}${disabled ? ' disabled' : ''}`;
  return `<label class="choice"><input type="${type}" name="${name}" value="${escapeHtml(value)}"${state}><span>${label}</span></label>`;
}

function hidden(name: string, value: string): string {
  return `<input type="hidden" name="${name}" value="${escapeHtml(value)}">\n`;
}

function dayIn(language: PageLanguage, day: string): string {
  const words = { dateStyle: 'long', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, words).format(Date.parse(day));
}
