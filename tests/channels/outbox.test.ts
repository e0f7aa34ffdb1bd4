import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import PostalMime from 'postal-mime';
import { expect, it } from 'vitest';
import { createOutbox } from '../../delivery/channels/outbox/create-outbox.ts';
import { channelContract, type Provider } from './contract.ts';
import { outgoingEmail, outgoingSms } from './outgoing.ts';

async function open(medium: 'email' | 'sms'): Promise<Provider & { readonly folder: string }> {
  const root = await mkdtemp(join(tmpdir(), 'outbox-'));
  const folder = join(root, 'outbox');
  const [email, sms] = createOutbox({ folder });
  return {
    folder,
    channel: medium === 'email' ? email : sms,
    async received() {
      const names = await readdir(folder).catch(() => []);
      const mails = names.filter((name) => name.endsWith('.eml'));
      const texts = names.filter((name) => name.endsWith('.sms.txt'));
      return Promise.all([
        ...mails.map(async (name) => {
          const mail = await PostalMime.parse(await readFile(join(folder, name)));
          return { sendId: name.slice(0, 36), to: mail.to?.[0]?.address ?? '', words: mail.subject ?? '' };
        }),
        ...texts.map(async (name) => {
          const words = (await readFile(join(folder, name), 'utf8')).trimEnd();
          return { sendId: name.slice(0, 36), to: '+447700900123', words };
        }),
      ]);
    },
    async setMood(mood) {
      await rm(folder, { recursive: true, force: true });
      // A file where the folder should be: the disk says no.
      if (mood !== 'accepts') await writeFile(folder, '');
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

const moods = ['accepts', 'refuses-for-now', 'is-not-there'] as const;
channelContract({ name: 'outbox, e-mail', moods, open: () => open('email'), message: outgoingEmail });
channelContract({ name: 'outbox, text message', moods, open: () => open('sms'), message: outgoingSms });

const inTime = () => AbortSignal.timeout(5000);

it('writes each e-mail as .eml, .html and .txt, under names without personal data', async () => {
  const { channel, folder, close } = await open('email');
  const outgoing = outgoingEmail('Your cart');
  await channel.send(outgoing, inTime());
  const names = await readdir(folder);
  const { sendId } = outgoing;
  expect(names.sort()).toEqual(
    [`${sendId}.eml`, `${sendId}.html`, `${sendId}.txt`, 'index.html', 'messages.js'].sort(),
  );
  await close();
});

it('can tell what became of a message whose answer was lost', async () => {
  const { channel, close } = await open('email');
  const outgoing = outgoingEmail('Your cart');
  const earlier = { sendId: outgoing.sendId, requestedAt: outgoing.at };
  expect(await channel.lookUp?.(earlier)).toMatchObject({ kind: 'throttled', retryAfterMs: 0 });
  await channel.send(outgoing, inTime());
  expect(await channel.lookUp?.(earlier)).toMatchObject({ kind: 'accepted' });
  await close();
});

it('lists what was sent as text that no subject can break out of', async () => {
  const { channel, folder, close } = await open('email');
  const subject = '</script><img src=x onerror=alert(1)> "quoted" \\ back';
  await channel.send(outgoingEmail(subject), inTime());
  const list = await readFile(join(folder, 'messages.js'), 'utf8');
  expect(list).not.toContain('<');
  const messages: { subject: string }[] = [];
  runInNewContext(list, { messages });
  expect(messages.map((each) => each.subject)).toEqual([subject]);
  await close();
});

it('refuses an id that would name a file elsewhere', async () => {
  const { channel, close } = await open('email');
  const outgoing = { ...outgoingEmail('Your cart'), sendId: '../../../../etc/passwd' };
  expect((await channel.send(outgoing, inTime())).kind).not.toBe('accepted');
  await close();
});
