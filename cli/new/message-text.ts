import type { JourneyName } from './journey-name.ts';
import type { JourneyStart } from './journey-start.ts';

/** The files of the journey's message, by their path in its folder. */
export function messageTexts(
  name: JourneyName,
  start: JourneyStart,
  languages: readonly string[],
): Record<string, string> {
  const words = languages.flatMap((language) =>
    Object.entries(language === 'ko' ? koreanWords : englishWords(name)).map(
      ([file, text]) => [`${language}/${file}`, text] as const,
    ),
  );
  return { 'message.ts': definitionText(name, start), ...Object.fromEntries(words) };
}

function definitionText({ name, constant }: JourneyName, { event, subject }: JourneyStart): string {
  return `import * as z from 'zod';
import { defineMessage } from '../../domain/message.ts';

/** What the words may name, besides the brand, the customer and the links. */
const data = z.strictObject({});

/** Sent by the journey of the same name, after ${event}. */
export const ${constant} = defineMessage({
  name: '${name}',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '24 hours',
  input: z.strictObject({ ${subject}: z.uuid() }),
  data,
  load: async () => ({ data: {} }),
  sample: {},
});
`;
}

function englishWords({ title }: JourneyName): Record<string, string> {
  return {
    'subject.hbs': `{{#if customer.hasName}}{{customer.name}}, a word from {{brand.name}}{{else}}A word from {{brand.name}}{{/if}}\n`,
    'preheader.hbs': `It takes a minute to read.\n`,
    'email.mjml': emailText({
      heading: title,
      words: 'Hello {{customer.name}}, these are the first words of a new message. Write your own.',
      button: 'To the shop',
    }),
    'sms.hbs': `{{brand.name}}: the first words of a new message. {{url brand.url}} Stop: {{url links.unsubscribe}}\n`,
  };
}

const koreanWords: Record<string, string> = {
  'subject.hbs': `{{customer.name}}, {{brand.name}}에서 드리는 소식이에요\n`,
  'preheader.hbs': `잠깐이면 읽으실 수 있어요.\n`,
  'email.mjml': emailText({
    heading: '{{brand.name}} 소식',
    words: '{{customer.name}}, 새 메시지의 첫 문장이에요. 여기에 내용을 써 주세요.',
    button: '쇼핑몰로 가기',
  }),
  'sms.hbs': `[{{brand.name}}] 새 메시지의 첫 문장이에요. {{url brand.url}} 무료수신거부 {{url links.unsubscribe}}\n`,
};

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
