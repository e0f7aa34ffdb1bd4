import { describe, expect, it } from 'vitest';
import { korea } from '../../delivery/policy/law/korea.ts';
import { checkShop } from '../../delivery/wordings-of-shop.ts';
import { withRequiredWording, type WordingToAdd } from '../../delivery/rendering/required-wording.ts';
import { sizeOfSms } from '../../delivery/rendering/sms-segments.ts';
import type { RenderedMessage } from '../../domain/rendered-message.ts';
import type { StandardData } from '../../domain/standard-data.ts';
import config from '../../perennial.config.ts';

const rule = korea.wording;
if (rule === undefined) throw new Error('Korea has a rule about words.');
const byNumber: WordingToAdd = { rule, freeNumber: '080-123-4567' };
const byLink: WordingToAdd = { rule };

const link = 'https://mail.shop.example/u/token';
const shop: Pick<StandardData, 'brand' | 'links'> = {
  brand: { ...config.brand, name: 'North & Pine', phone: '+44 20 7946 0123' },
  links: { unsubscribe: link, preferences: 'https://shop.example/p/token' },
};

function textOf(text: string, wording: WordingToAdd): string {
  const message: RenderedMessage = { channel: 'sms', language: 'en', text, segments: 1 };
  return withRequiredWording(message, wording, shop).text;
}

describe('a text message under Korean law', () => {
  it('begins with the label, names the sender and ends with the free number, in any language', () => {
    expect(textOf(`Two items are in your basket. Stop: ${link}`, byNumber)).toBe(
      `(광고)[North & Pine] Two items are in your basket. Stop: ${link} +44 20 7946 0123 무료수신거부 080-123-4567`,
    );
    expect(textOf(`[North & Pine] 담아 두셨어요. 무료수신거부 ${link}`, byNumber)).toBe(
      '(광고)[North & Pine] 담아 두셨어요. +44 20 7946 0123 무료수신거부 080-123-4567',
    );
  });

  it('says of its link that it is free where there is no number, and says it once', () => {
    expect(textOf(`[North & Pine] Stop: ${link}`, byLink)).toBe(
      `(광고)[North & Pine] Stop: +44 20 7946 0123 무료수신거부 ${link}`,
    );
    expect(
      textOf(`[North & Pine] 안녕하세요. 무료수신거부 ${link}`, byLink).match(/무료수신거부/g),
    ).toHaveLength(1);
  });

  it('is counted with all that was added', () => {
    const message: RenderedMessage = { channel: 'sms', language: 'en', text: 'a'.repeat(160), segments: 1 };
    const added = withRequiredWording(message, byNumber, shop);
    expect(added).toMatchObject({ segments: sizeOfSms(added.text).segments, wording: 'KR 2026-11-23' });
    expect(sizeOfSms(added.text)).toEqual({ encoding: 'ucs-2', segments: 4 });
  });
});

describe('a mail under Korean law', () => {
  const mail: RenderedMessage = {
    channel: 'email',
    language: 'en',
    subject: 'Still there',
    html: '<html><body><p>Hello</p></body></html>',
    text: 'Hello\n',
  };
  const added = withRequiredWording(mail, byNumber, {
    ...shop,
    brand: { ...shop.brand, name: 'A <b> & Co' },
  });

  it('begins its subject with the label', () => {
    expect(added).toMatchObject({ subject: '(광고) Still there' });
  });

  it('ends with sender, addresses, number and the way out in Korean and English, escaped, inside the body', () => {
    const { html, text } = added.channel === 'email' ? added : { html: '', text: '' };
    for (const words of [
      '이메일 hello@shop.example',
      '전화 +44 20 7946 0123',
      '수신거부',
      'unsubscribe',
      '12 Harbour',
    ]) {
      expect(html).toContain(words);
      expect(text).toContain(words);
    }
    expect(html).toContain('A &lt;b&gt; &amp; Co');
    expect(html).not.toContain('<b>');
    expect(html.endsWith('</div></body></html>')).toBe(true);
    expect(text).toContain(link);
  });
});

describe('an approved WhatsApp template', () => {
  const message = {
    channel: 'whatsapp',
    language: 'ko',
    category: 'marketing',
    variables: {},
    text: '안녕',
  } as const;

  it('stays as it was approved, and free text does not', () => {
    expect(withRequiredWording({ ...message, template: 'HX1' }, byNumber, shop).text).toBe('안녕');
    expect(withRequiredWording(message, byNumber, shop).text).toMatch(/^\(광고\)\[North & Pine\] 안녕/);
  });

  it('that says all of it already is not labelled twice when it goes as free text', () => {
    const text = `(광고) 안녕 무료수신거부 ${link}`;
    expect(withRequiredWording({ ...message, text }, byNumber, shop).text).toBe(text);
  });
});

describe('labels that look alike', () => {
  it.each(['[광고]', '(광 고)', '(광.고)', '("광고")', '（광고）', '(광고)', '【 광고 】'])(
    '%s is found',
    (label) => {
      expect(rule.forbiddenLabels.some((pattern) => label.search(pattern) === 0)).toBe(true);
    },
  );

  it.each(['광고', '(광고주 안내)', '[공지] 새 광고'])('%s is not one', (words) => {
    expect(rule.forbiddenLabels.some((pattern) => words.search(pattern) >= 0)).toBe(false);
  });
});

describe('a shop that writes to Koreans', () => {
  const sentences = (changes: Partial<typeof config>) =>
    checkShop({ ...config, ...changes }).map(({ sentence }) => sentence);
  const { phone: _, ...withoutPhone } = config.brand;

  it('has a telephone number and a free way to refuse, or is told so', () => {
    expect(sentences({})).toEqual([]);
    expect(sentences({ brand: withoutPhone }).join()).toContain('Set brand.phone');
    expect(sentences({ senders: { ...config.senders, sms: { from: 'N' } } }).join()).toContain('refusal080');
    expect(sentences({ senders: { ...config.senders, sms: { from: 'N', refusalByLink: true } } })).toEqual(
      [],
    );
  });

  it('is asked for neither where it does not write to Koreans', () => {
    expect(
      sentences({ markets: ['GB'], brand: withoutPhone, senders: { email: config.senders.email } }),
    ).toEqual([]);
  });
});
