import Handlebars from 'handlebars';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadTemplates } from '../../delivery/rendering/load-templates.ts';
import { createRenderer, type Renderer, type RenderRequest } from '../../delivery/rendering/renderer.ts';
import type { RenderedEmail, RenderedSms } from '../../domain/rendered-message.ts';
import { cartSample } from '../../templates/live-cart.ts';
import { standardFor, templatesFolder } from './sample-shop.ts';

let renderer: Renderer;
beforeAll(async () => {
  renderer = createRenderer({ templates: await loadTemplates(templatesFolder) });
});

function mail(request: Partial<RenderRequest> = {}): RenderedEmail {
  const rendered = renderer.render({ ...cartReminder, ...request });
  if (rendered.channel !== 'email') throw new Error('not a mail');
  return rendered;
}

function sms(request: Partial<RenderRequest> = {}): RenderedSms {
  const rendered = renderer.render({ ...cartReminder, channel: 'sms', ...request });
  if (rendered.channel !== 'sms') throw new Error('not a text message');
  return rendered;
}

const cartReminder: RenderRequest = {
  message: 'cart-reminder',
  channel: 'email',
  languages: ['en'],
  data: cartSample,
  standard: standardFor(),
};

describe('a rendered mail', () => {
  it('says the same in its text part as in its HTML', () => {
    const { html, text } = mail();
    const read = new Set(words(html.slice(html.indexOf('<body')).replace(/<!--[\s\S]*?-->|<[^>]+>/g, ' ')));
    const missing = words(text.replace(/https?:\S+/g, '')).filter((word) => !read.has(word));
    expect(missing).toEqual([]);
    for (const fact of ['Mina', 'Linen throw, moss green', '£59.00', '£88.00', 'sold out']) {
      expect(text).toContain(fact);
    }
    expect(text).toContain('https://shop.example/cart/7');
    expect(text).toContain('https://shop.example/u/token');
  });

  it('is written in the first language of the chain that the message has', () => {
    expect(mail({ languages: ['ko-KR', 'ko', 'en'] }).language).toBe('ko');
    expect(mail({ languages: ['pt-BR', 'pt', 'en'] }).language).toBe('en');
  });

  it('is Korean in Korean, with the greeting, the particle and prices in won', () => {
    const price = { amount: 12900, currency: 'KRW' };
    const line = { title: '머그컵', quantity: 1, price, lineTotal: price, dearer: false };
    const { html, subject } = mail({
      languages: ['ko'],
      data: { lines: [line], firstTitle: '머그컵', count: 1, others: 0, more: 0, gone: 0, total: price },
      standard: standardFor({ name: '김민아님', locale: 'ko-KR' }),
    });
    expect(subject).toBe('김민아님, 담아 두신 상품이 기다리고 있어요');
    expect(html).toContain('머그컵이 장바구니에');
    expect(html).toContain('₩12,900');
    expect(html).toContain('lang="ko"');
    expect(html).not.toContain('12,900.00');
  });

  it('greets nobody by a name that it does not know', () => {
    expect(mail({ standard: standardFor({ name: 'there', hasName: false }) }).subject).toBe(
      'Your basket is still here',
    );
  });

  it('shows what a line cost before only when it has become cheaper', () => {
    expect(mail().html).toContain('<s>£69.00</s>');
    const { cheaperThan: _, ...line } = { ...cartSample.lines[0], dearer: true };
    const dearer = mail({ data: { ...cartSample, lines: [line] } });
    expect(dearer.html).not.toContain('<s>');
    expect(dearer.text).toContain('the price has gone up since');
  });

  it('leads to the shop when the cart has no link of its own', () => {
    const { cartUrl: _, ...data } = cartSample;
    expect(mail({ data }).html).toContain('href="https://shop.example"');
  });

  it('is ready for every reader: title, language, direction, preheader, roles, dark mode, no small print', () => {
    const { html } = mail();
    expect(html).toContain('<title>Mina, your basket is still here</title>');
    expect(html).toMatch(/<html lang="en" dir="ltr"/);
    expect(html).toContain('Linen throw, moss green and 1 more item, just as you left it.');
    expect(html).toContain('name="color-scheme" content="light dark"');
    expect(html.match(/<table(?![^>]*role="presentation")[^>]*>/g) ?? []).toEqual([]);
    expect(html.match(/<img(?![^>]*\salt=)[^>]*>/g) ?? []).toEqual([]);
    const sizes = [...html.matchAll(/font-size:\s*(\d+)px/g)].map(([, size]) => Number(size));
    expect(Math.min(...sizes.filter((size) => size > 1))).toBeGreaterThanOrEqual(14);
  });

  it('fetches nothing from anywhere but pictures of the shop', () => {
    expect(mail().html.replace(/href="[^"]*"/g, '')).not.toMatch(/(?:src|@import|url\()\s*=?\s*["']?http/);
  });
});

describe('what a customer or a supplier wrote', () => {
  const hostile = '</div><script>alert(1)</script>\r\nBcc: all@example.com {{brand.name}}';

  it('is escaped in HTML and printed as it is in text', () => {
    const { html, text } = mail({
      data: { ...cartSample, lines: [{ ...cartSample.lines[0], title: hostile }] },
    });
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;');
    expect(text).toContain('<script>alert(1)</script>');
    expect(html).not.toContain('North &amp; Pine</script>');
  });

  it('never puts a line break into a subject, nor HTML entities', () => {
    const { subject } = mail({ standard: standardFor({ name: 'Mi\r\nBcc: x & y' }) });
    expect(subject).toBe('Mi Bcc: x & y, your basket is still here');
  });

  it('is never run: functions, getters of a class and ready-made HTML do not survive', () => {
    const called: string[] = [];
    const title = new Handlebars.SafeString('<b>bold</b>');
    const data = { ...cartSample, firstTitle: () => called.push('x') };
    expect(() => mail({ data })).toThrow(expect.objectContaining({ code: 'rendering-failed' }));
    expect(mail({ data: { ...cartSample, lines: [{ ...cartSample.lines[0], title }] } }).html).not.toContain(
      '<b>bold</b>',
    );
    expect(called).toEqual([]);
  });
});

describe('a rendered text message', () => {
  it('is one line with its number of segments', () => {
    const { text, segments } = sms();
    expect(text).toBe(
      'North & Pine: 2 items are still in your basket. Pick up where you left off: https://shop.example/cart/7 Stop: https://shop.example/u/token',
    );
    expect(segments).toBe(1);
  });

  it('does not name the products, since it may be read on a locked screen', () => {
    expect(sms().text).not.toContain('Linen');
  });
});

describe('what cannot be rendered', () => {
  it('says which words are missing', () => {
    expect(() => mail({ message: 'nothing' })).toThrow(expect.objectContaining({ code: 'template-missing' }));
    expect(() => mail({ message: 'nothing', channel: 'whatsapp' })).toThrow('/whatsapp.json.');
    expect(() => mail({ languages: ['pt'] })).toThrow('it is written in en, ko');
  });

  it('fails for want of data instead of sending half a message', () => {
    expect(() => mail({ data: {} })).toThrow(expect.objectContaining({ code: 'rendering-failed' }));
  });

  it('fails for a link that is not https', () => {
    expect(() => mail({ data: { ...cartSample, cartUrl: 'javascript:alert(1)' } })).toThrow('https link');
  });
});

function words(text: string): string[] {
  const plain = text.replaceAll('&amp;', '&').replaceAll('&#x27;', "'");
  return plain.split(/\s+/).filter((word) => word !== '');
}
