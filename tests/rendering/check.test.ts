import * as z from 'zod';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkMessages, type CheckedMessage } from '../../delivery/rendering/check.ts';
import type { Fault } from '../../delivery/rendering/fault.ts';
import config from '../../perennial.config.ts';
import { messages } from '../../templates/index.ts';
import { cartData } from '../../templates/live-cart.ts';
import { copyTemplates, templatesFolder, type TemplatesCopy } from './sample-shop.ts';

const mail = 'cart-reminder/en/email.mjml';
const sms = 'cart-reminder/en/sms.hbs';
const shop = { brand: config.brand, languages: config.locales.supported };

let copy: TemplatesCopy;
beforeEach(async () => {
  copy = await copyTemplates();
});
afterEach(async () => {
  await copy.dispose();
});

function check(changed: Partial<CheckedMessage> = {}): Promise<Fault[]> {
  const reminder = { ...messages['cart-reminder'], ...changed };
  return checkMessages({ folder: copy.folder, messages: { 'cart-reminder': reminder }, ...shop });
}

/** Seeds one mistake before the words "Still thinking it over?" of the English cart reminder, at 5:81. */
async function seed(mistake: string): Promise<void> {
  await copy.edit(mail, 'Still thinking', `${mistake} Still thinking`);
}

const place = { file: `templates/${mail}`, line: 5 };

describe('the shipped messages', () => {
  it('are found without fault', async () => {
    expect(await checkMessages({ folder: templatesFolder, messages, ...shop })).toEqual([]);
  });
});

describe('a mistake in a template is told with file, line, column and what to do', () => {
  it.each([
    ['a variable that the data lack', '{{frstTitle}}', 'unknown-variable', 'Did you mean "firstTitle"'],
    ['a field that its object lacks', '{{brand.nmae}}', 'unknown-variable', 'Did you mean "name"'],
    ['an optional one without a guard', '{{url cartUrl}}', 'unguarded-optional', '{{#if cartUrl}}'],
    ['an optional object without a guard', '{{money total}}', 'unguarded-optional', '{{#if total}}'],
    ['a name that is one level up', '{{#each lines}}{{count}}{{/each}}', 'wrong-depth', '{{../count}}'],
    ['more levels up than there are', '{{../count}}', 'wrong-depth', 'only 0 here'],
    ['an index outside a loop', '{{@index}}', 'wrong-depth', 'inside #each'],
    ['a list that is printed', '{{lines}}', 'wrong-type', '{{#each'],
    ['an amount that is printed', '{{#each lines}}{{price}}{{/each}}', 'wrong-type', '{{money'],
    ['a loop over what is no list', '{{#each brand}}x{{/each}}', 'wrong-type', 'needs a list'],
    ['a helper that does not exist', '{{mony total}}', 'unknown-helper', 'Did you mean "money"'],
    ['a block that does not exist', '{{#ifs total}}x{{/ifs}}', 'unknown-helper', '{{#if}}'],
    ['a helper with the wrong argument', '{{money firstTitle}}', 'wrong-arguments', 'an amount'],
    ['a helper with too few arguments', '{{particle firstTitle}}', 'wrong-arguments', 'used as'],
    ['unescaped output', '{{{firstTitle}}}', 'unescaped', 'Write {{firstTitle}}'],
    ['unescaped output by the ampersand', '{{&firstTitle}}', 'unescaped', 'Write {{firstTitle}}'],
    ['a partial that does not exist', '{{> foter}}', 'unknown-partial', 'footer'],
    ['a block that is not closed', '{{#if total}}', 'syntax', '{{/…}}'],
    ['a link over http', '<a href="http://shop.example">x</a>', 'unsafe-link', 'https://'],
    ['a link that runs a script', '<a href="javascript:alert(1)">x</a>', 'unsafe-link', 'https://'],
    [
      'a link from the data without the helper',
      '<a href="{{brand.url}}">x</a>',
      'unsafe-link',
      '{{url brand.url}}',
    ],
    ['a link that may be any text', '<a href="{{url firstTitle}}">x</a>', 'unsafe-link', 'httpsUrl'],
  ])('%s', async (_, mistake, rule, advice) => {
    await seed(mistake);
    const [finding, ...others] = await check();
    expect(finding).toMatchObject({ ...place, rule });
    expect(finding?.sentence).toContain(advice);
    expect(finding?.column).toBeGreaterThanOrEqual(81);
    // The compiler may see the same mistake too, but nothing is told of any other place.
    expect(others.filter(({ file, line }) => file !== place.file || line !== place.line)).toEqual([]);
  });

  it('an expression that MJML would drop', async () => {
    await copy.edit(mail, '      {{> cart-notes}}', '      {{firstTitle}}\n      {{> cart-notes}}');
    expect(await check()).toContainEqual(
      expect.objectContaining({ file: `templates/${mail}`, line: 8, column: 7, rule: 'lost-expression' }),
    );
  });

  it('an attribute that MJML does not know', async () => {
    await copy.edit(mail, 'padding="12px 0 22px"', 'pading="12px 0 22px"');
    expect(await check()).toContainEqual(
      expect.objectContaining({ file: `templates/${mail}`, line: 6, rule: 'mjml' }),
    );
  });

  it('a column in a loop without a width, and not one with a width', async () => {
    const loop = (attributes: string) =>
      `<mj-section>{{#each lines}}<mj-column${attributes}><mj-text>{{title}}</mj-text></mj-column>{{/each}}</mj-section>{{/letter}}`;
    await copy.edit(mail, '{{/letter}}', loop(''));
    const [finding] = await check();
    expect(finding).toMatchObject({ file: `templates/${mail}`, line: 13, column: 28, rule: 'mjml' });
    await copy.edit(mail, '<mj-column><mj-text>{{title}}', '<mj-column width="33%"><mj-text>{{title}}');
    expect(await check()).toEqual([]);
  });

  it('a mistake in a shared partial, once and at its own line', async () => {
    await copy.edit('partials/cart-lines.mjml', '{{money lineTotal}}', '{{money lineTotl}}');
    const findings = await check();
    expect(findings).toEqual([
      expect.objectContaining({
        file: 'templates/partials/cart-lines.mjml',
        line: 13,
        rule: 'unknown-variable',
      }),
    ]);
  });

  it('a language that is missing', async () => {
    await copy.remove('cart-reminder/ko/sms.hbs');
    expect(await check()).toEqual([
      expect.objectContaining({ file: 'templates/cart-reminder/ko/sms.hbs', rule: 'missing-locale' }),
    ]);
  });

  it('a mail whose text part would be empty', async () => {
    await copy.write(
      mail,
      '{{#> letter}}<mj-section><mj-column><mj-image src="https://shop.example/a.png" alt="" /></mj-column></mj-section>{{/letter}}',
    );
    expect(await check()).toEqual([
      expect.objectContaining({ file: `templates/${mail}`, rule: 'missing-text' }),
    ]);
  });

  it('marketing without a way out, in the mail and in the text message', async () => {
    await copy.edit('partials/en/footer.mjml', '{{url links.unsubscribe}}', 'https://shop.example');
    await copy.edit(sms, '{{> sms-end}}', '');
    const rules = (await check()).filter(({ file }) => file.includes('/cart-reminder/'));
    expect(rules.map(({ file, rule }) => `${file} ${rule}`)).toEqual([
      `templates/${mail} missing-unsubscribe`,
      `templates/${sms} missing-unsubscribe`,
    ]);
  });

  it('a text message over its budget with the longest data', async () => {
    await copy.edit(sms, 'still in your basket', 'still in your basket: {{firstTitle}}');
    const [finding] = await check({ segmentBudget: 2 });
    expect(finding).toMatchObject({ file: `templates/${sms}`, line: 1, column: 1, rule: 'sms-budget' });
    expect(finding?.sentence).toContain('its budget is 2');
  });

  it('a mail over 100 KB with the longest data', async () => {
    await seed('{{firstTitle}}');
    const data = cartData.extend({ firstTitle: z.string().max(60_000) });
    const findings = await check({ data });
    expect(findings).toContainEqual(
      expect.objectContaining({ file: `templates/${mail}`, rule: 'html-size' }),
    );
  });

  it('data without a limit, of which no worst case can be made', async () => {
    const findings = await check({ data: cartData.extend({ firstTitle: z.string() }) });
    expect(findings).toEqual([
      expect.objectContaining({ file: 'templates/cart-reminder/message.ts', rule: 'unbounded-data' }),
    ]);
    expect(findings[0]?.sentence).toContain('"firstTitle"');
  });

  it('a sample that does not fit its schema', async () => {
    const [finding] = await check({ sample: {} });
    expect(finding).toMatchObject({ file: 'templates/cart-reminder/message.ts', rule: 'definition' });
  });

  it('a message that has a folder and is not listed, and one that is listed and has none', async () => {
    const listed = { 'gone-reminder': { ...messages['cart-reminder'], name: 'gone-reminder' } };
    const findings = await checkMessages({ folder: copy.folder, messages: listed, ...shop });
    expect(findings.map(({ file, sentence }) => `${file} ${sentence.split('.')[0] ?? ''}`)).toEqual([
      'templates/index.ts The message "cart-reminder" has a folder and is not listed',
      'templates/index.ts The message "gone-reminder" is listed and has no folder',
    ]);
  });
});

describe('what is right is not complained about', () => {
  it.each([
    ['a guarded optional', '{{#if total}}{{money total}}{{/if}}'],
    ['an optional with a default', '{{or cartUrl brand.url}}'],
    ['the other branch of unless', '{{#unless total}}-{{else}}{{money total}}{{/unless}}'],
    ['an object that a block enters', '{{#with total}}{{currency}}{{/with}}'],
    ['a list by its position', '{{lines.[0].title}}'],
    ['the number of a loop', '{{#each lines}}{{@index}}{{../count}}{{@root.count}}{{/each}}'],
    [
      'block parameters',
      '{{#each lines as |line i|}}{{i}}{{line.title}}{{#if line.url}}{{url line.url}}{{/if}}{{/each}}',
    ],
    ['else if', '{{#if cartUrl}}a{{else if total}}{{money total}}{{/if}}'],
    ['a mail address', '<a href="mailto:{{brand.email}}">x</a>'],
    ['a comment', '{{!-- {{nothing}} --}}'],
  ])('%s', async (_, right) => {
    await seed(right);
    expect(await check()).toEqual([]);
  });

  it('transactional messages need no way out', async () => {
    await copy.edit(sms, '{{> sms-end}}', '');
    expect(await check({ purpose: 'transactional' })).toEqual([]);
  });
});
