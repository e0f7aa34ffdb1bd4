import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkMessages } from '../../delivery/rendering/check.ts';
import { loadTemplates } from '../../delivery/rendering/load-templates.ts';
import { previewMessage } from '../../delivery/rendering/preview.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import { wordingRules, wordingsOf } from '../../delivery/wordings-of-shop.ts';
import config from '../../perennial.config.ts';
import { cartReminder } from '../../templates/cart-reminder/message.ts';
import { checkout } from '../kit/checkout.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-whatsapp-'));
  for (const needed of ['cart-reminder', 'layouts', 'partials'])
    await cp(join(checkout, 'templates', needed), join(folder, needed), { recursive: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const reminder = { ...cartReminder, channels: ['whatsapp'] as const };
const good = {
  name: 'cart_reminder',
  category: 'marketing',
  body: 'Hello {{1}}, {{2}} waiting. See {{3}} or reply STOP.',
  variables: {
    '1': '{{customer.name}}',
    '2': '{{plural count one="# item is" other="# items are"}}',
    '3': '{{url brand.url}}',
  },
};

/** What is said about the English words, with the Korean ones beside them in order. */
async function findings(english: string | object): Promise<string[]> {
  const text = typeof english === 'string' ? english : JSON.stringify(english, null, 2);
  await writeFile(join(folder, 'cart-reminder/en/whatsapp.json'), text);
  await writeFile(join(folder, 'cart-reminder/ko/whatsapp.json'), JSON.stringify(good));
  const found = await checkMessages({
    folder,
    messages: { 'cart-reminder': reminder },
    brand: config.brand,
    languages: ['en', 'ko'],
    wordingRules,
  });
  return found
    .filter(({ file }) => file.endsWith('.json'))
    .map(({ file, line, column, rule }) => `${file.split('/').at(-2)}:${line}:${column} ${rule}`);
}

describe('the words for WhatsApp', () => {
  it('are in order when every place is filled with what the message has', async () => {
    expect(await findings(good)).toEqual([]);
  });

  it.each([
    ['not JSON', '{\n  "name": }', ['en:2:11 syntax']],
    ['a name that Meta refuses', { ...good, name: 'Cart reminder' }, ['en:2:3 whatsapp']],
    ['a category that marketing may not have', { ...good, category: 'utility' }, ['en:1:1 whatsapp']],
    ['a place that nothing fills', { ...good, body: `${good.body} {{4}} now` }, ['en:4:3 whatsapp']],
    [
      'an expression in the approved text',
      { ...good, body: good.body.replace('{{1}}', '{{name}}') },
      ['en:4:3 whatsapp', 'en:6:5 whatsapp'],
    ],
    [
      'a text that begins with a variable',
      { ...good, body: good.body.replace('Hello ', '') },
      ['en:4:3 whatsapp'],
    ],
    [
      'no way out',
      { ...good, body: good.body.replace(' or reply STOP', '') },
      ['en:1:1 missing-unsubscribe'],
    ],
    [
      'a variable that the message lacks',
      { ...good, variables: { ...good.variables, '1': 'dear {{customer.nam}}' } },
      ['en:6:18 unknown-variable'],
    ],
  ] as const)('are refused with %s, where it stands', async (_, english, expected) => {
    expect(await findings(english)).toEqual(expected);
  });

  it('are missing where the message names the channel and the file is not there', async () => {
    await findings(good);
    await rm(join(folder, 'cart-reminder/en/whatsapp.json'));
    const found = await checkMessages({
      folder,
      messages: { 'cart-reminder': reminder },
      brand: config.brand,
      languages: ['en'],
    });
    const places = found.map(({ file, rule }) => `${file.split('/').slice(-2).join('/')} ${rule}`);
    expect(places).toContain('en/whatsapp.json missing-locale');
  });

  it('say in Korean what the law of Korea wants, where the shop sells there, and not elsewhere', async () => {
    await findings(good);
    const findingsIn = async (market: string) => {
      const found = await checkMessages({
        folder,
        messages: { 'cart-reminder': reminder },
        brand: config.brand,
        languages: ['en', 'ko'],
        wordings: wordingsOf({ ...config, markets: [market] }),
      });
      return found.map(({ file, rule }) => `${file.split('/').slice(-2).join('/')} ${rule}`);
    };
    expect(await findingsIn('KR')).toEqual(['ko/whatsapp.json required-wording']);
    expect(await findingsIn('GB')).toEqual([]);
  });

  it('are previewed with their places filled, on one line each', async () => {
    await findings(good);
    const renderer = createRenderer({ templates: await loadTemplates(folder) });
    const preview = previewMessage({
      renderer,
      message: reminder,
      language: 'en',
      channel: 'whatsapp',
      brand: config.brand,
    });
    expect(preview).toEqual({
      channel: 'whatsapp',
      language: 'en',
      category: 'marketing',
      variables: { 1: 'Mina', 2: '2 items are', 3: 'https://shop.example' },
      text: 'Hello Mina, 2 items are waiting. See https://shop.example or reply STOP.',
    });
  });
});

describe('a label of the law in a template', () => {
  it('is refused with its place, in any spelling', async () => {
    await findings(good);
    await writeFile(join(folder, 'cart-reminder/ko/subject.hbs'), '[광 고] 장바구니\n');
    const found = await checkMessages({
      folder,
      messages: { 'cart-reminder': cartReminder },
      brand: config.brand,
      languages: ['ko'],
      wordingRules,
    });
    const places = found.map(
      ({ file, line, column, rule }) => `${file.split('/').at(-1)}:${line}:${column} ${rule}`,
    );
    expect(places.filter((place) => place.endsWith('required-wording'))).toEqual([
      'subject.hbs:1:1 required-wording',
    ]);
  });
});
