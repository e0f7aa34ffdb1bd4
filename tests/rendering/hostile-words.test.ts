import { beforeAll, describe, expect, it } from 'vitest';
import { sendgridMail } from '../../delivery/channels/email/sendgrid-mail.ts';
import { createLinks } from '../../delivery/links.ts';
import { greetingName } from '../../delivery/rendering/greeting-name.ts';
import { loadTemplates } from '../../delivery/rendering/load-templates.ts';
import { createRenderer, type Renderer } from '../../delivery/rendering/renderer.ts';
import { eventCatalogue } from '../../domain/events/catalogue.ts';
import type { RenderedEmail, RenderedMessage } from '../../domain/rendered-message.ts';
import { newId } from '../../store/new-id.ts';
import { cartSample } from '../../templates/live-cart.ts';
import { outgoingEmail } from '../channels/outgoing.ts';
import { standardFor, templatesFolder } from './sample-shop.ts';

let renderer: Renderer;
beforeAll(async () => {
  renderer = createRenderer({ templates: await loadTemplates(templatesFolder) });
});

/** Each stands for a way in which words of a customer or a supplier could become something else than words. */
const templateWords = [
  '{{customer.email}}',
  '{{{brand.address}}}',
  '{{#each this}}x{{/each}}',
  '{{> footer}}',
  '{{url links.unsubscribe}}',
  '${7*7}',
  '{{lookup this "constructor"}}',
] as const;
const markup = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '</title><meta http-equiv=refresh content="0;url=https://evil.example">',
  '<a href="javascript:alert(1)">x</a>',
] as const;
const providerTags = [
  '[unsubscribe]',
  '[Weblink]',
  '<%asm_group_unsubscribe_raw_url%>',
  '%open-track%',
] as const;

const [line] = cartSample.lines;
const titled = (title: string) => ({
  ...cartSample,
  firstTitle: title,
  lines: [{ ...line, title }],
});

function rendered(channel: 'email' | 'sms', title: string, name: string): RenderedMessage {
  return renderer.render({
    message: 'cart-reminder',
    channel,
    languages: ['en'],
    data: titled(title),
    standard: standardFor({ ...greetingName({ givenName: name }, 'en') }),
  });
}

function mailOf(title: string, name = 'Mina'): RenderedEmail {
  const message = rendered('email', title, name);
  if (message.channel !== 'email') throw new Error('not a mail');
  return message;
}

describe.each([
  ['a product', (words: string) => mailOf(words)],
  ['a customer', (words: string) => mailOf('Mug', words)],
] as const)('what stands in the name of %s', (_, write) => {
  it.each(templateWords)('is not filled in: %s', (words) => {
    const { subject, text, html } = write(words);
    expect(subject + text).toContain(words);
    expect(html).not.toContain('49');
    expect(tagsOf(html)).toEqual(tagsOf(write('Mug').html));
  });

  it.each(markup)('is no markup: %s', (words) => {
    const { html, subject } = write(words);
    expect(tagsOf(html)).toEqual(tagsOf(write('Mug').html));
    expect(html).not.toMatch(/<script|onerror=alert\(1\)>|href="javascript/);
    expect(subject).not.toMatch(/[\r\n]|&lt;/);
  });

  it.each(providerTags)('is nothing that SendGrid fills in: %s', (words) => {
    const content = write(words);
    const { subject, content: parts } = sendgridMail({ ...mailFor(content), content });
    const sent = [subject, ...parts.map(({ value }) => value)].join('\n');
    expect(sent.toLowerCase()).not.toContain(words.toLowerCase());
    expect(sent.replaceAll('\u2060', '').toLowerCase()).toContain(words.toLowerCase());
  });
});

describe('a text message', () => {
  it.each([...templateWords, ...markup, ...providerTags])('holds a title as it is: %s', (words) => {
    const short = words.slice(0, 40);
    const before = rendered('sms', 'Mug', 'Mina');
    const after = rendered('sms', short, short);
    // Its words are ours and a number: none of the title, nothing that was filled in.
    expect(after.channel === 'sms' && before.channel === 'sms' && after.text).toBe(
      before.channel === 'sms' ? before.text : '',
    );
  });
});

describe('a name', () => {
  it('loses what would turn the writing around or end a header', () => {
    const { name } = greetingName({ givenName: 'Mi\u202ena\u2066\r\nBcc: all@example.com\u0000' }, 'en');
    expect(name).toBe('Mina Bcc: all@example.com');
    expect(mailOf('Mug', 'Mi\r\nBcc: all@example.com').subject).not.toMatch(/[\r\n]/);
  });

  it('with a line break is refused where it comes in', () => {
    const { data } = eventCatalogue['customer.updated'];
    expect(data.safeParse({ givenName: 'Mina\r\nBcc: all@example.com' }).success).toBe(false);
    expect(data.safeParse({ givenName: 'Mina' }).success).toBe(true);
  });

  it('with a line break is refused once more on its way to a header', () => {
    const outgoing = mailFor(mailOf('Mug'));
    const to = { ...outgoing.to, name: 'Mina\r\nBcc: all@example.com' };
    expect(() => sendgridMail({ ...outgoing, to })).toThrow(
      expect.objectContaining({ code: 'message-unsafe' }),
    );
    const content = { ...outgoing.content, subject: 'Hi\nBcc: all@example.com' };
    expect(() => sendgridMail({ ...outgoing, content })).toThrow(
      expect.objectContaining({ code: 'message-unsafe' }),
    );
  });
});

describe('a link', () => {
  const links = createLinks({
    publicUrl: 'https://go.shop.example',
    secret: 'a secret of thirty-two characters',
    clickDomains: ['shop.example'],
  });

  it.each(['javascript:alert(1)', 'http://shop.example/', 'data:text/html,x', 'https://x/"onload="y', ''])(
    'that is not a plain https link is refused, tracked or not: %s',
    (url) => {
      const { follow } = links.clicks.of({ delivery: newId(), channel: 'email', at: 0 });
      for (const each of [{}, { follow }]) {
        expect(() =>
          renderer.render({
            message: 'cart-reminder',
            channel: 'email',
            languages: ['en'],
            data: { ...cartSample, lines: [{ ...line, url }], cartUrl: url === '' ? 'x' : url },
            standard: standardFor(),
            ...each,
          }),
        ).toThrow(expect.objectContaining({ code: 'rendering-failed' }));
      }
    },
  );

  it('is followed where it can be followed, in each part of the mail, and nowhere else', () => {
    const { follow } = links.clicks.of({ delivery: newId(), channel: 'email', at: 0 });
    const image = 'https://shop.example/mug.jpg';
    const message = renderer.render({
      message: 'cart-reminder',
      channel: 'email',
      languages: ['en'],
      data: { ...cartSample, lines: [{ ...line, image }] },
      standard: standardFor(),
      follow,
    });
    if (message.channel !== 'email') throw new Error('not a mail');
    const { html, text } = message;
    expect(html).toContain(`src="${image}"`);
    expect(html).toContain('href="https://shop.example/u/token"');
    expect(html).toContain('href="https://shop.example/p/token"');
    const elsewhere = [...html.matchAll(/href="([^"]*)"/g)]
      .map(([, href = '']) => href)
      .filter((href) => !href.startsWith('https://go.shop.example/c/'));
    expect(new Set(elsewhere)).toEqual(
      new Set(['https://shop.example/u/token', 'https://shop.example/p/token']),
    );
    expect(text).toContain('https://go.shop.example/c/');
    expect(text).not.toContain('https://shop.example/cart');
  });
});

function mailFor(content: RenderedEmail) {
  const outgoing = outgoingEmail('x');
  return { ...outgoing, content };
}

/** Every tag with its attributes' names: what a mail program would act on. */
function tagsOf(html: string): string[] {
  return [...html.replace(/"[^"]*"/g, '""').matchAll(/<[a-z!/][^>]*>/gi)].map(([tag]) => tag);
}
