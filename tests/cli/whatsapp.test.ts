import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showExplanation } from '../../cli/show/explanation.ts';
import { whatsAppAdvice } from '../../cli/show/whatsapp-advice.ts';
import { compareTemplates, type Written } from '../../cli/whatsapp-templates.ts';
import { storableTemplates, type StoredTemplate } from '../../store/whatsapp-templates.ts';
import { readContentTemplates } from '../../delivery/channels/twilio/read-content-templates.ts';
import { connectTo } from '../channels/twilio-channels.ts';
import { startTwilioServer, twilioAccount } from '../kit/twilio-server.ts';
import { writtenTemplates } from '../kit/twilio/written-templates.ts';
import { explained, notSent } from './explained.ts';
import { openCommandShop } from './run-perennial.ts';

const welcome: Written = { message: 'welcome', name: 'welcome', language: 'en', body: 'Hello {{1}}.' };
const known: StoredTemplate = {
  name: 'welcome',
  language: 'en',
  body: 'Hello {{1}}.',
  contentSid: 'HX1',
  category: 'marketing',
  status: 'approved',
};

describe('the templates of a shop beside those of its provider', () => {
  it.each([
    [known, 'approved'],
    [{ ...known, body: 'Hi {{1}}.' }, 'approved with other words'],
    [{ ...known, status: 'pending' }, 'pending'],
    [{ ...known, language: 'ko' }, 'unknown to the provider'],
  ])('stand as they are: %#', (found, standing) => {
    expect(compareTemplates([welcome], [found])[0]).toMatchObject({ message: 'welcome', standing });
  });

  it('come with those that only the provider has', () => {
    const other = { ...known, name: 'old_one' };
    expect(compareTemplates([welcome], [known, other])).toMatchObject([
      { name: 'welcome', message: 'welcome' },
      { name: 'old_one', message: null, standing: 'approved' },
    ]);
  });
});

describe('what to do about a template', () => {
  const adviceFor = (found: readonly StoredTemplate[], twilio: 'real' | 'local' | 'none') =>
    whatsAppAdvice(compareTemplates([welcome], found), { twilio }).join('\n');

  it.each([
    [[], 'create it at Twilio'],
    [[{ ...known, status: 'unsubmitted' }], 'submit it to WhatsApp'],
    [[{ ...known, status: 'pending' }], 'Meta is still reading it'],
    [[{ ...known, status: 'rejected' }], "Twilio's console says why"],
    [[{ ...known, body: 'Hi.' }], 'say the same'],
  ])('that the real Twilio does not have approved, is said: %#', (found, words) => {
    const advice = adviceFor(found, 'real');
    expect(advice).toContain(words);
    expect(advice).toContain('npx perennial whatsapp sync');
  });

  it('at a Twilio of this machine is to ask it', () => {
    expect(adviceFor([], 'local')).toMatch(/on this machine approves .* npx perennial whatsapp sync/);
  });

  it('without a Twilio is to set one', () => {
    expect(adviceFor([], 'none')).toContain('docs/guides/connect-twilio.md');
  });

  it('that is approved, or only the provider has, is nothing', () => {
    expect(adviceFor([known, { ...known, name: 'old_one', status: 'rejected' }], 'real')).toBe('');
  });
});

describe('the Twilio of this machine', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-templates-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function write(path: string, body: string): Promise<void> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    const { name } = welcome;
    await writeFile(file, JSON.stringify({ name, category: 'marketing', body, variables: {} }));
  }

  it('approves what is written when it is asked, and nothing else', async () => {
    await write('welcome/en/whatsapp.json', 'Hello {{1}}.');
    const server = await startTwilioServer({ approved: () => writtenTemplates(folder) });
    const ask = async () => storableTemplates(await readContentTemplates(connectTo(server)));
    expect(await ask()).toMatchObject([{ name: 'welcome', language: 'en', status: 'approved' }]);

    await write('welcome/en/whatsapp.json', 'Good day {{1}}.');
    await write('welcome/ko/whatsapp.json', '{{1}} 님, 안녕하세요.');
    expect((await ask()).map(({ language, body }) => ({ language, body }))).toEqual([
      { language: 'en', body: 'Good day {{1}}.' },
      { language: 'ko', body: '{{1}} 님, 안녕하세요.' },
    ]);
    await server.close();
  });

  it('is asked by the command, which says what to do next', async () => {
    const server = await startTwilioServer();
    const shop = await openCommandShop();
    server.addContent({ name: 'old_one', body: 'Hello.' });
    vi.stubEnv('TWILIO_ACCOUNT_SID', twilioAccount.accountSid);
    vi.stubEnv('TWILIO_AUTH_TOKEN', twilioAccount.authToken);
    vi.stubEnv('TWILIO_WHATSAPP_FROM', twilioAccount.whatsAppFrom);
    vi.stubEnv('TWILIO_BASE_URL', server.url);
    expect((await shop.run('whatsapp', 'list')).said).toBe(
      'No message has words for WhatsApp. How to write some: docs/guides/write-a-message.md#whatsapp\n',
    );
    expect((await shop.run('whatsapp', 'sync')).said).toContain('Templates at Twilio: 1. Approved: 1.');
    expect((await shop.run('whatsapp', 'list')).said).toContain('old_one (en), not written here');
    const listed = JSON.parse((await shop.run('whatsapp', 'list', '--json')).said);
    expect(listed).toMatchObject([{ name: 'old_one', message: null, standing: 'approved' }]);
    await shop.close();
    await server.close();
  });
});

describe('an explanation', () => {
  it('of words that are not approved says where to look next', () => {
    const explanation = explained({ deliveries: [notSent('template-not-approved')] });
    expect(showExplanation(explanation)).toContain('npx perennial whatsapp list');
  });

  it('of another reason does not', () => {
    expect(showExplanation(explained({ deliveries: [notSent('no-consent')] }))).not.toContain(
      'whatsapp list',
    );
  });
});
