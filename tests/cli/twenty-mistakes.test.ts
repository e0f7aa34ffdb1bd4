import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../domain/finding.ts';
import { copyCheckout, type CheckoutCopy } from '../docs/checkout-copy.ts';

/** A mistake in a story: the line that is wrong, and by which command it must be found. */
const inStories: readonly (readonly [what: string, line: string, found: 'check' | 'types'])[] = [
  ['an event that is not declared', "await waitFor('order.paid', '4 hours');", 'check'],
  ['a wrong field of the payload', 'exit(cart.cycel);', 'types'],
  ['a message that does not exist', "await send('cart-remindr', { cart: cart.cycle });", 'check'],
  ['a wrong input of a message', "await send('cart-reminder', { basket: cart.cycle });", 'types'],
  ['the clock of the machine', 'if (Date.now() > cart.at) return exit("late");', 'check'],
  ['a module of Node', "await import('node:fs');", 'check'],
  ['a verb without await', "sleep('4 hours');", 'check'],
  ['a misspelt duration', "await sleep('4 huors');", 'check'],
  ['chance', 'if (Math.random() < 0.5) return exit("a");', 'check'],
];

/** A mistake in a template: appended to a mail or a text message of its own. */
const inTemplates: readonly (readonly [what: string, file: string, text: string])[] = [
  ['a variable that the data lack', 'cart-reminder/en/sms.hbs', '{{frstTitle}}'],
  ['an optional one without a guard', 'cart-reminder/ko/sms.hbs', '{{money total}}'],
  ['a name at the wrong depth', 'cart-reminder-last/en/sms.hbs', '{{#each lines}}{{count}}{{/each}}'],
  ['a helper that does not exist', 'cart-reminder-last/ko/sms.hbs', '{{mony total}}'],
  ['a partial that does not exist', 'checkout-reminder/en/sms.hbs', '{{> foter}}'],
  ['unescaped output', 'checkout-reminder/ko/subject.hbs', '{{{firstTitle}}}'],
  ['a list that is printed', 'checkout-reminder/ko/sms.hbs', '{{lines}}'],
  ['a text over its budget', 'checkout-reminder-help/ko/sms.hbs', '가'.repeat(400)],
];

function storyOf(index: number, line: string): string {
  return `import { defineJourney } from '../journey.ts';

export const mistake${index} = defineJourney(
  {
    name: 'mistake-${index}', version: 1, startsOn: 'cart.updated', key: (cart) => cart.cycle,
    endsOn: ['order.placed'], wakesOn: ['message.replied'], reentry: 'once-per-key',
  },
  async (cart, { sleep, waitFor, send, exit }) => {
    await sleep('1 hour');
    if (await waitFor('message.replied', '1 hour')) await send('cart-reminder', { cart: cart.cycle });
    ${line}
    return exit('done');
  },
);
`;
}

const lineOfMistake = 11;

describe('twenty seeded mistakes', () => {
  let copy: CheckoutCopy;
  let findings: readonly Finding[];
  let types: string;
  let checkExit: number;

  beforeAll(async () => {
    copy = await copyCheckout();
    const at = (path: string) => join(copy.folder, path);
    for (const [index, [, line]] of inStories.entries()) {
      await writeFile(at(`workflows/journeys/mistake-${index}.ts`), storyOf(index, line));
    }
    for (const [, file, text] of inTemplates) await appendFile(at(`templates/${file}`), `${text}\n`);
    // A released journey that is renamed, a link without https, a language that is missing.
    const story = await readFile(at('workflows/journeys/abandoned-checkout.ts'), 'utf8');
    await writeFile(
      at('workflows/journeys/abandoned-checkout.ts'),
      story.replace("'abandoned-checkout'", "'left-checkout'"),
    );
    const mail = await readFile(at('templates/checkout-reminder/en/email.mjml'), 'utf8');
    await writeFile(
      at('templates/checkout-reminder/en/email.mjml'),
      mail.replace('</mj-text>', '<a href="http://shop.example">x</a></mj-text>'),
    );
    await rm(at('templates/checkout-reminder-last/ko'), { recursive: true });

    const check = await copy.run('npx perennial check --json 2>/dev/null');
    checkExit = check.exitCode;
    findings = JSON.parse(check.output) as Finding[];
    types = (await copy.run('npx tsc --noEmit')).output;
  }, 240_000);

  afterAll(() => copy.remove());

  test('make check fail', () => {
    expect(checkExit).toBe(1);
  });

  test.each(
    inStories.map(([what, , found], index) => ({
      what,
      found,
      file: `workflows/journeys/mistake-${index}.ts`,
    })),
  )('in a story: $what is told with its line', ({ found, file }) => {
    if (found === 'types') {
      expect(types).toMatch(new RegExp(`${file}\\(${lineOfMistake},\\d+\\): error`));
      return;
    }
    const [finding] = findings.filter((one) => one.file === file && one.line === lineOfMistake);
    expect(finding?.sentence.length).toBeGreaterThan(30);
    expect(finding?.column).toBeGreaterThan(0);
  });

  test.each(inTemplates.map(([what, file]) => ({ what, file: `templates/${file}` })))(
    'in a template: $what is told with its file and line',
    ({ file }) => {
      const [finding] = findings.filter((one) => one.file === file);
      expect(finding?.sentence.length).toBeGreaterThan(30);
      expect(finding?.line).toBeGreaterThan(0);
    },
  );

  test('a renamed released journey, a link without https and a missing language are told as well', () => {
    const sentences = findings.map(({ file, sentence }) => `${file} ${sentence}`);
    expect(sentences.some((text) => text.includes('abandoned-checkout@1'))).toBe(true);
    expect(
      sentences.some(
        (text) => text.startsWith('templates/checkout-reminder/en/email.mjml') && text.includes('https'),
      ),
    ).toBe(true);
    expect(sentences.some((text) => text.includes('checkout-reminder-last') && text.includes('ko'))).toBe(
      true,
    );
  });
});
