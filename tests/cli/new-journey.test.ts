import { describe, expect, it } from 'vitest';
import { journeyNameOf } from '../../cli/new/journey-name.ts';
import { outlineOf } from '../../cli/new/journey-outline.ts';
import { journeyText } from '../../cli/new/journey-text.ts';
import { messageTexts } from '../../cli/new/message-text.ts';
import { withMessage } from '../../cli/new/messages-index.ts';
import { testText } from '../../cli/new/test-text.ts';
import { parseWhatsAppTemplate } from '../../delivery/rendering/whatsapp-template.ts';
import { wordingRules } from '../../delivery/wordings-of-shop.ts';
import { channelNames, type ChannelName } from '../../domain/channel-name.ts';
import { isPerennialError } from '../../domain/perennial-error.ts';
import { holdsWording } from '../../domain/required-wording.ts';

describe('the name of a new journey', () => {
  it('gives the names of its files, its constant and its title', () => {
    expect(journeyNameOf('thank-you-2')).toEqual({
      name: 'thank-you-2',
      constant: 'thankYou2',
      title: 'Thank you 2',
    });
  });

  it.each([
    '',
    'Thank-You',
    'thank_you',
    '-x',
    'x-',
    '9-lives',
    '../x',
    'a'.repeat(41),
    'new',
    'await',
    'partials',
    'index',
    'data',
    'undefined',
    'constructor',
    'con',
  ])('is refused when it is "%s"', (name) => {
    expect(codeOf(() => journeyNameOf(name))).toBe('journey-invalid');
  });
});

describe('the start of a new journey', () => {
  it.each([
    ['order.paid', 'order', 'order', 'order.cancelled'],
    ['order.cancelled', 'order', 'order', 'order.refunded'],
    ['cart.updated', 'cart', 'cycle', 'order.placed'],
    ['customer.subscribed', 'customer', 'customer', 'order.placed'],
    ['shipment.delivered', 'parcel', 'shipment', 'return.opened'],
    ['order.shipped', 'parcel', 'shipment', 'return.opened'],
    ['order.delivered', 'parcel', 'shipment', 'return.opened'],
    ['return.opened', 'goodsBack', 'return', 'return.closed'],
    ['complaint.opened', 'complaint', 'complaint', 'order.refunded'],
  ])('on %s is about the %s, keyed by %s and ended by %s', (event, subject, keyField, end) => {
    const start = outlineOf(event);
    expect(start).toMatchObject({ event, subject, keyField });
    expect(start.endsOn[0]).toBe(end);
    expect(start.endsOn).not.toContain(event);
  });

  it('is refused on an event that does not exist', () => {
    expect(codeOf(() => outlineOf('order.payed'))).toBe('event-unknown-type');
  });

  it.each([
    'product.updated',
    'product.viewed',
    'message.clicked',
    'customer.erased',
    'cart.emptied',
    'cart.superseded',
  ])('is refused on %s, after which there is nobody or nothing to write about', (event) => {
    expect(codeOf(() => outlineOf(event))).toBe('journey-invalid');
  });
});

describe('the message of a new journey', () => {
  const names = journeyNameOf('care-tips');
  const start = outlineOf('order.paid');
  const textsFor = (channels: readonly ChannelName[]) =>
    messageTexts(names, start, { channels, languages: ['en', 'ko'] });

  it('has words for each of its channels in each language, and for no other', () => {
    expect(Object.keys(textsFor(['whatsapp', 'sms']))).toEqual([
      'message.ts',
      'en/sms.hbs',
      'en/whatsapp.json',
      'ko/sms.hbs',
      'ko/whatsapp.json',
    ]);
  });

  it('names its channels in the order in which they were named', () => {
    expect(textsFor(['whatsapp', 'email'])['message.ts']).toContain("channels: ['whatsapp', 'email'],");
  });

  it('leaves the Korean way to refuse to the shared words', () => {
    const text = textsFor(['sms'])['ko/sms.hbs'];
    expect(text).toContain('{{> way-out}}');
    expect(text).not.toContain('무료수신거부');
  });

  it('gives a WhatsApp template a name that Meta allows, and a value for each place', () => {
    const words = textsFor(['whatsapp']);
    for (const language of ['en', 'ko']) {
      const { name, body, variables } = parseWhatsAppTemplate(
        'whatsapp.json',
        words[`${language}/whatsapp.json`] ?? '',
      );
      expect(name).toBe('care_tips');
      expect(Object.keys(variables).every((place) => body.includes(`{{${place}}}`))).toBe(true);
    }
  });

  it('has Korean words for WhatsApp that may be sent to Koreans, and asks no such thing of the English ones', () => {
    const bodyIn = (language: string) =>
      parseWhatsAppTemplate('whatsapp.json', textsFor(['whatsapp'])[`${language}/whatsapp.json`] ?? '').body;
    const [rule] = wordingRules;
    expect(rule !== undefined && holdsWording(bodyIn('ko'), rule)).toBe(true);
    expect(bodyIn('en')).not.toContain('광고');
  });
});

describe('what is written for a new journey', () => {
  const names = journeyNameOf('care-tips');
  const start = outlineOf('order.paid');
  const files = {
    journey: journeyText(names, start),
    test: testText(names, start, 'email'),
    ...messageTexts(names, start, { channels: channelNames, languages: ['en', 'ko'] }),
  };

  it('says in code how long the journey waits', () => {
    expect(files.journey).toContain("startsAfter: '30 minutes',");
  });

  it.each(Object.entries(files))(
    'does not say it in words, which would be wrong after an edit: %s',
    (_, text) => {
      const words = [...text.matchAll(/\/\*\*[^]*?\*\/|\/\/.*|(?<=(?:it|describe)\()'.*?'|>[^<{]+</g)].join(
        '\n',
      );
      expect(words).not.toMatch(/\b(\d+|half an?|an?) ?(second|minute|hour|day|week)|\d+ ?(분|시간|일)/i);
    },
  );
});

describe('the test of a new journey', () => {
  const textFor = (event: string) => testText(journeyNameOf('tips'), outlineOf(event), 'email');

  it('tracks the event from which the one that starts it follows, as a shop does', () => {
    expect(textFor('order.delivered')).toContain("type: 'shipment.delivered'");
    expect(textFor('order.shipped')).toContain("type: 'shipment.created'");
  });

  it('has one length of time to change when the journey is changed, and waits it out in both cases', () => {
    const text = textFor('order.paid');
    expect(text).toContain("const due = '30 minutes';");
    expect(text.match(/'\d+ (minute|hour)s?'/g)).toEqual([
      "'30 minutes'",
      "'1 minute'",
      "'1 minute'",
      "'1 minute'",
    ]);
    expect(text.match(/\bdue\b/g)).toHaveLength(3);
  });

  it('does not track an event that a shop cannot send', () => {
    expect(textFor('order.delivered')).not.toContain("type: 'order.delivered'");
  });
});

describe('the list of messages', () => {
  const list = `import { cartReminder } from './cart-reminder/message.ts';
import { welcome } from './welcome/message.ts';

export const messages = {
  'cart-reminder': cartReminder,
  welcome,
};
`;

  it.each([
    ['birthday', "  birthday,\n  'cart-reminder': cartReminder,"],
    ['thank-you', "  'thank-you': thankYou,\n  welcome,"],
    ['year-end', "  welcome,\n  'year-end': yearEnd,\n};"],
  ])('takes %s at its place in the alphabet', (name, expected) => {
    const longer = withMessage(list, journeyNameOf(name));
    expect(longer).toContain(expected);
    expect(longer).toContain(`from './${name}/message.ts';\n`);
    expect(longer.length).toBeGreaterThan(list.length);
  });

  it('is not touched when a message has that name in the code already', () => {
    const longer = withMessage(list, journeyNameOf('thank-you-2'));
    expect(codeOf(() => withMessage(longer, journeyNameOf('thank-you2')))).toBe('journey-exists');
    expect(codeOf(() => withMessage(longer, journeyNameOf('thank-you')))).toBeUndefined();
  });

  it('is not touched when it has another shape', () => {
    expect(codeOf(() => withMessage('export const messages = {};\n', journeyNameOf('thank-you')))).toBe(
      'file-unreadable',
    );
  });
});

function codeOf(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return isPerennialError(error) ? error.code : String(error);
  }
}
