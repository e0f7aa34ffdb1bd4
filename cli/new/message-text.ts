import type { ChannelName } from '../../domain/channel-name.ts';
import { firstWords } from './first-words.ts';
import type { JourneyName } from './journey-name.ts';
import type { JourneyOutline } from './journey-outline.ts';

/** How a message may go, and in what it is written. */
export interface MessageForms {
  readonly channels: readonly ChannelName[];
  readonly languages: readonly string[];
}

/** The files of a message, by their path in the checkout. */
export function messageFiles(
  names: JourneyName,
  outline: JourneyOutline,
  forms: MessageForms,
): Record<string, string> {
  const texts = Object.entries(messageTexts(names, outline, forms));
  return Object.fromEntries(texts.map(([file, text]) => [`templates/${names.name}/${file}`, text]));
}

/** The files of a message, by their path in its folder. */
export function messageTexts(
  name: JourneyName,
  outline: JourneyOutline,
  { channels, languages }: MessageForms,
): Record<string, string> {
  const words = languages.flatMap((language) =>
    Object.entries(language === 'ko' ? koreanWords(name) : englishWords(name))
      .filter(([file]) => channels.includes(channelOf(file)))
      .map(([file, text]) => [`${language}/${file}`, text] as const),
  );
  return { 'message.ts': definitionText(name, outline, channels), ...Object.fromEntries(words) };
}

/** Which channel a file of words is for. */
function channelOf(file: string): ChannelName {
  if (file === 'sms.hbs') return 'sms';
  return file === 'whatsapp.json' ? 'whatsapp' : 'email';
}

function definitionText(
  { name, constant }: JourneyName,
  { event, subject }: JourneyOutline,
  channels: readonly ChannelName[],
): string {
  return `import * as z from 'zod';
import { defineMessage } from '../../domain/message.ts';

/** What the words may name, besides the brand, the customer and the links. */
const data = z.strictObject({});

/** Sent by a journey that ${event} begins. */
export const ${constant} = defineMessage({
  name: '${name}',
  purpose: 'marketing',
  class: 'once',
  channels: [${channels.map((channel) => `'${channel}'`).join(', ')}],
  usefulFor: '24 hours',
  input: z.strictObject({ ${subject}: z.uuid() }),
  data,
  load: async () => ({ data: {} }),
  sample: {},
});
`;
}

function englishWords({ name, title }: JourneyName): Record<string, string> {
  return {
    'subject.hbs': `{{#if customer.hasName}}{{customer.name}}, a word from {{brand.name}}{{else}}A word from {{brand.name}}{{/if}}\n`,
    'preheader.hbs': `It takes a minute to read.\n`,
    'email.mjml': emailText({
      heading: title,
      words: `Hello {{customer.name}}, these are ${firstWords.english}. Write your own.`,
      button: 'To the shop',
    }),
    'sms.hbs': `{{brand.name}}: ${firstWords.english}. {{url brand.url}} Stop: {{url links.unsubscribe}}\n`,
    'whatsapp.json': whatsAppText(
      name,
      `Hello {{1}}, these are ${firstWords.english}: {{2}} Reply STOP to stop.`,
    ),
  };
}

function koreanWords({ name }: JourneyName): Record<string, string> {
  return {
    'subject.hbs': `{{customer.name}}, {{brand.name}}에서 드리는 소식이에요\n`,
    'preheader.hbs': `잠깐이면 읽으실 수 있어요.\n`,
    'email.mjml': emailText({
      heading: '{{brand.name}} 소식',
      words: `{{customer.name}}, ${firstWords.korean}이에요. 여기에 내용을 써 주세요.`,
      button: '쇼핑몰로 가기',
    }),
    'sms.hbs': `[{{brand.name}}] ${firstWords.korean}이에요. {{> way-out}}\n`,
    // What the law wants must be approved with the rest: nothing is added to it when it is sent.
    'whatsapp.json': whatsAppText(
      name,
      `(광고) 안녕하세요 {{1}}, ${firstWords.korean}이에요: {{2}} 무료수신거부 {{3}} (눌러 주세요)`,
      { 3: '{{url links.unsubscribe}}' },
    ),
  };
}

/** Meta approves it under its name, which has no hyphens. */
function whatsAppText(name: string, body: string, more: Record<number, string> = {}): string {
  const variables = { 1: '{{customer.name}}', 2: '{{url brand.url}}', ...more };
  const template = { name: name.replaceAll('-', '_'), category: 'marketing', body, variables };
  return `${JSON.stringify(template, undefined, 2)}\n`;
}

/** In the layout that all messages share: `templates/layouts/letter.mjml`. */
function emailText({ heading, words, button }: { heading: string; words: string; button: string }): string {
  return `{{#> letter}}
<mj-wrapper mj-class="card" css-class="card pad" border-radius="16px" padding="34px 36px 36px">
  <mj-section>
    <mj-column>
      <mj-text mj-class="heading" css-class="heading"><h1 style="margin:0;font:inherit">${heading}</h1></mj-text>
      <mj-text css-class="text" padding="12px 0 22px">${words}</mj-text>
      <mj-button css-class="wide" href="{{url brand.url}}" background-color="{{brand.colour}}" color="{{inkOn brand.colour}}" align="left" border-radius="10px" font-size="17px" font-weight="700" inner-padding="16px 30px" padding="12px 0 0">${button}</mj-button>
    </mj-column>
  </mj-section>
</mj-wrapper>
{{/letter}}
`;
}
