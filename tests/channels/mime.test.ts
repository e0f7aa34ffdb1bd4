import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { buildMime } from '../../delivery/channels/email/mime.ts';
import { isEmail } from '../../delivery/channels/email/outgoing-email.ts';
import type { Outgoing } from '../../delivery/channels/channel.ts';
import { outgoingEmail } from './outgoing.ts';

async function sourceOf(outgoing: Outgoing): Promise<Buffer> {
  if (!isEmail(outgoing)) throw new Error('not an e-mail');
  return (await buildMime(outgoing)).source;
}

/** The header block, unfolded. */
function headersOf(source: Buffer): string {
  return (
    source
      .toString('utf8')
      .split('\r\n\r\n')[0]
      ?.replace(/\r\n[ \t]+/g, ' ') ?? ''
  );
}

describe('an e-mail', () => {
  it('has text first and HTML second, and both say what was rendered', async () => {
    const outgoing = outgoingEmail('Your cart');
    const source = await sourceOf(outgoing);
    const mail = await PostalMime.parse(source);
    expect(headersOf(source)).toMatch(/Content-Type: multipart\/alternative/);
    const text = source.toString('utf8');
    expect(text.indexOf('text/plain')).toBeLessThan(text.indexOf('text/html'));
    expect(mail.text?.replaceAll('\r\n', '\n').trimEnd()).toBe(
      'Still there? 아직 있어요.\n.\nA dot of its own.',
    );
    expect(mail.html).toContain('아직 있어요');
  });

  it('can be stopped by one click, when it is marketing', async () => {
    const outgoing = outgoingEmail('Your cart');
    const headers = headersOf(await sourceOf(outgoing));
    expect(headers).toContain(`List-Unsubscribe: <${outgoing.unsubscribe}>`);
    expect(headers).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(headers).toMatch(/^List-ID: <marketing\.shop\.example>\r?$/m);
    expect(headers).toContain('Auto-Submitted: auto-generated');
    expect(headers).toContain(`Message-ID: <${outgoing.sendId}@shop.example>`);
    expect(headers).toContain('Date: Thu, 26 Nov 2026 10:00:00 +0000');
  });

  it('does not offer to stop what is not marketing', async () => {
    const { unsubscribe: _, ...receipt } = outgoingEmail('Your receipt');
    const headers = headersOf(await sourceOf({ ...receipt, purpose: 'transactional' }));
    expect(headers).not.toMatch(/List-/);
  });

  it('is the same to the byte each time', async () => {
    const outgoing = outgoingEmail('Your cart');
    expect(await sourceOf(outgoing)).toEqual(await sourceOf(outgoing));
  });

  it.each([
    ['subject', { content: { ...outgoingEmail('x').content, subject: 'Hi\r\nBcc: all@example.com' } }],
    ['name of the recipient', { to: { address: 'mina@example.com', name: 'Mina\r\nBcc: all@example.com' } }],
    ['address of the recipient', { to: { address: 'mina@example.com\r\nBcc: all@example.com' } }],
    ['address of two recipients', { to: { address: 'mina@example.com,all@example.com' } }],
    ['name of the sender', { from: { name: 'Shop\nX: y', address: 'hello@shop.example' } }],
    [
      'reply address',
      { from: { name: 'Shop', address: 'hello@shop.example', replyTo: 'a@b.example\r\nX: y' } },
    ],
    ['unsubscribe link', { unsubscribe: 'https://x.example/u\r\nBcc: all@example.com' }],
  ])('is refused when its %s would begin a header of its own', async (_, change) => {
    await expect(sourceOf({ ...outgoingEmail('Your cart'), ...change })).rejects.toMatchObject({
      code: 'message-unsafe',
    });
  });

  it('shows a name without its tricks of direction, and not endlessly', async () => {
    const name = `\u202eevil\u202c ${'x'.repeat(200)}`;
    const mail = await PostalMime.parse(
      await sourceOf({ ...outgoingEmail('Hi'), to: { address: 'm@example.com', name } }),
    );
    expect(mail.to?.[0]?.name).toBe(`evil ${'x'.repeat(59)}`);
  });

  it('is read alike by an independent parser', async () => {
    const subject = '김민아님, 장바구니가 기다리고 있어요 🛒';
    const folder = await mkdtemp(join(tmpdir(), 'eml-'));
    const file = join(folder, 'message.eml');
    await writeFile(file, await sourceOf(outgoingEmail(subject)));
    const script = [
      'import email, email.policy, json, sys',
      "mail = email.message_from_binary_file(open(sys.argv[1], 'rb'), policy=email.policy.default)",
      "text = mail.get_body(('plain',)).get_content()",
      "html = mail.get_body(('html',)).get_content()",
      "print(json.dumps({'subject': mail['subject'], 'to': str(mail['to']), 'text': text, 'html': html,",
      "  'defects': [str(d) for part in mail.walk() for d in part.defects], 'unsubscribe': mail['list-unsubscribe']}))",
    ].join('\n');
    const { stdout } = await promisify(execFile)('python3', ['-c', script, file]);
    await rm(folder, { recursive: true });
    const read: { subject: string; text: string; html: string; defects: string[]; unsubscribe: string } =
      JSON.parse(stdout);
    expect(read.subject).toBe(subject);
    expect(read.defects).toEqual([]);
    expect(read.text).toContain('아직 있어요.\n.\nA dot');
    expect(read.html).toContain('아직 있어요');
    expect(read.unsubscribe.replace(/\s/g, '')).toBe(`<https://mail.shop.example/u/${'A'.repeat(68)}>`);
  });
});
