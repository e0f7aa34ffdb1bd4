import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../domain/finding.ts';
import { copyCheckout, type CheckoutCopy } from '../docs/checkout-copy.ts';

const english = 'templates/care-tips/en/email.mjml';
/** Every text of the new message that a customer would read. */
const written = [
  english,
  ...['en/sms.hbs', 'ko/email.mjml', 'ko/sms.hbs'].map((file) => `templates/care-tips/${file}`),
];

describe('words that "new journey" wrote', () => {
  let copy: CheckoutCopy;
  beforeAll(async () => {
    copy = await copyCheckout();
    await copy.run('npx perennial new journey care-tips');
  }, 60_000);
  afterAll(() => copy.remove());

  async function check(): Promise<{ exitCode: number; firstWords: readonly Finding[] }> {
    const { exitCode, output } = await copy.run('npx perennial check --json 2>/dev/null');
    const findings = JSON.parse(output) as Finding[];
    return { exitCode, firstWords: findings.filter(({ rule }) => rule === 'first-words') };
  }

  test('are a warning with file and line as long as the journey is not released', async () => {
    const { exitCode, firstWords } = await check();
    expect(exitCode).toBe(0);
    expect(firstWords.map(({ file }) => file).toSorted()).toEqual(written.toSorted());
    expect(firstWords.every(({ warning, line, column }) => warning === true && line * column > 0)).toBe(true);
    const { output } = await copy.run('npx perennial check');
    expect(output).toMatch(/templates\/care-tips\/en\/email\.mjml:\d+:\d+ {2}first-words \(warning\)/);
    expect(output).toContain('in order, with 4 warnings.');
  }, 60_000);

  test('are no longer told where they were replaced', async () => {
    const text = await readFile(join(copy.folder, english), 'utf8');
    const own = 'how to care for what you bought';
    await writeFile(join(copy.folder, english), text.replace('the first words of a new message', own));
    expect((await check()).firstWords.map(({ file }) => file)).not.toContain(english);
  }, 60_000);

  test('are a mistake once a released journey sends them, and the release says so', async () => {
    const { output } = await copy.run('npx perennial release');
    expect(output).toContain('templates/care-tips/en/sms.hbs:1');
    expect(output).not.toContain(english);
    const { exitCode, firstWords } = await check();
    expect(exitCode).toBe(1);
    expect(firstWords).toHaveLength(3);
    for (const { warning, sentence } of firstWords) {
      expect(warning).toBeUndefined();
      expect(sentence).toContain('care-tips@1 is released');
    }
  }, 120_000);
});
