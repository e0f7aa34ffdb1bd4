import { describe, expect, it } from 'vitest';
import { countryOfNumber } from '../../delivery/ledger/country-of-number.ts';
import { judge } from '../../delivery/policy/judge.ts';
import type { SendFacts, TemplateFact } from '../../delivery/policy/send-facts.ts';
import { caseOf, hour } from './somebody.ts';

const now = Date.parse('2026-11-26T11:00:00Z');
const template = {
  name: 'cart_reminder',
  language: 'en',
  contentSid: 'HX0123456789abcdef0123456789abcdef',
  category: 'marketing',
  status: 'approved',
  body: 'Your basket is still here, {{1}}.',
} as const satisfies TemplateFact;
const written = [{ language: 'en', name: template.name, body: template.body }];

type Changes = Parameters<typeof caseOf>[0];
const three = ['email', 'sms', 'whatsapp'] as const;

function decide(changes: Changes = {}) {
  return judge(
    caseOf({
      now,
      ...changes,
      message: { channels: three, whatsApp: written, ...changes?.message },
      facts: { templates: [template], ...changes?.facts },
    }),
  );
}
const wayOf = (changes: Changes = {}) => {
  const decision = decide(changes);
  return decision.verdict === 'skip' ? decision.reason : decision.channel;
};
const only = (channel: (typeof three)[number]): Changes => ({
  message: { channels: [channel], whatsApp: written },
});
const inBrazil = {
  customer: {
    place: { country: 'BR', region: null, from: 'stated' },
    zones: { zones: ['America/Sao_Paulo'], from: 'stated' },
  },
  phone: { key: '+5511912345678', numberCountry: 'BR' },
  now: Date.parse('2026-11-26T15:00:00Z'),
} as const satisfies Changes;

describe('the channel of a message with three', () => {
  it('is the first in its own order', () => expect(wayOf()).toBe('email'));

  it('is the favourite of the customer', () => {
    expect(wayOf({ customer: { preferredChannel: 'whatsapp' } })).toBe('whatsapp');
    expect(wayOf({ customer: { preferredChannel: 'sms' } })).toBe('sms');
  });

  it('is the one that people in the country expect, among those by telephone', () => {
    const noMail = { addresses: caseOf(inBrazil).facts.addresses, connected: ['sms', 'whatsapp'] } as const;
    expect(wayOf({ ...inBrazil, facts: noMail })).toBe('whatsapp');
    expect(wayOf({ facts: { connected: ['sms', 'whatsapp'] } })).toBe('sms');
    // A channel that the message does not have is not invented.
    expect(wayOf({ ...inBrazil, facts: noMail, message: { channels: ['email', 'sms'] } })).toBe('sms');
  });

  it('falls back one by one as providers prove that they refused, and then there is none', () => {
    const refused = (...channels: readonly (typeof three)[number][]): Changes => ({
      facts: { refused: Object.fromEntries(channels.map((channel) => [channel, 'refused'])) },
    });
    expect(wayOf(refused('email'))).toBe('sms');
    expect(wayOf(refused('email', 'sms'))).toBe('whatsapp');
    expect(wayOf(refused('email', 'sms', 'whatsapp'))).toBe('unreachable');
  });

  it('is not one without consent, and the reason is of the channel that came furthest', () => {
    const consents: SendFacts['consents'] = [{ channel: 'whatsapp', topic: '', state: 'granted', at: 0 }];
    expect(wayOf({ facts: { consents } })).toBe('whatsapp');
    expect(wayOf({ facts: { consents, templates: [] } })).toBe('template-not-approved');
    expect(wayOf({ facts: { consents: [] } })).toBe('no-consent');
  });
});

describe('marketing by WhatsApp', () => {
  const american = { ...only('whatsapp'), phone: { key: '+12125550123', numberCountry: 'US' } };

  it('is refused for American numbers, wherever their owner is, and other purposes are not', () => {
    expect(wayOf(american)).toBe('not-allowed-there');
    expect(wayOf({ ...american, message: { ...american.message, purpose: 'transactional' } })).toBe(
      'whatsapp',
    );
    expect(wayOf({ ...only('whatsapp'), phone: { numberCountry: 'CA' } })).toBe('whatsapp');
    expect(wayOf({ ...american, message: { channels: ['sms'] } })).toBe('sms');
  });

  it.each([
    ['New York', '+12125550123'],
    ['Puerto Rico', '+17875550123'],
    ['no place: it is toll-free', '+18005550123'],
    ['no place: it is personal', '+15005550123'],
    ['no place: nobody has its area code yet', '+12995550123'],
    ['no place: it is too short', '+1416555'],
  ])('is refused for a number of +1 from %s', (_, key) => {
    const phone = { key, numberCountry: countryOfNumber(key) };
    expect(wayOf({ ...only('whatsapp'), phone })).toBe('not-allowed-there');
  });

  it.each([
    ['Toronto', '+14165550123'],
    ['Kingston, Jamaica', '+18765550123'],
    ['Santo Domingo', '+18095550123'],
    ['London', '+447700900123'],
  ])('is not refused for a number that is known to be from %s', (_, key) => {
    const phone = { key, numberCountry: countryOfNumber(key) };
    expect(wayOf({ ...only('whatsapp'), phone })).toBe('whatsapp');
  });

  it('names the rule and its version where it refuses', () => {
    expect(decide(american).trace.find(({ gate }) => gate === 'channel-rules')?.saw).toEqual({
      numberCountry: 'US',
      version: 'US 2026-11-30',
      rule: 'no-whatsapp-marketing',
    });
  });

  it.each(['pending', 'rejected', 'paused', 'disabled'])('is refused while its template is %s', (status) => {
    expect(wayOf({ ...only('whatsapp'), facts: { templates: [{ ...template, status }] } })).toBe(
      'template-not-approved',
    );
  });

  it('is refused when other words were approved, and goes in the next language that was', () => {
    const other = { ...template, body: 'Something else, {{1}}.' };
    expect(wayOf({ ...only('whatsapp'), facts: { templates: [other] } })).toBe('template-not-approved');
    const both = [{ language: 'ko', name: template.name, body: '장바구니, {{1}} 님.' }, ...written];
    expect(decide({ message: { channels: ['whatsapp'], whatsApp: both } })).toMatchObject({
      whatsApp: { as: 'template', language: 'en', contentSid: template.contentSid },
    });
  });

  it('goes as free text for a day after the customer wrote, less five minutes, and not a moment longer', () => {
    const heard = (minutesAgo: number) =>
      decide({
        ...only('whatsapp'),
        facts: { templates: [] },
        phone: { heardFromAt: now - minutesAgo * 60_000 },
      });
    expect(heard(23 * 60 + 54)).toMatchObject({
      verdict: 'send',
      whatsApp: { as: 'free-text', language: 'en' },
    });
    expect(heard(23 * 60 + 55)).toMatchObject({ verdict: 'skip', reason: 'template-not-approved' });
  });

  it('needs the label and the refusal in the approved text for Koreans', () => {
    const korean = {
      ...only('whatsapp'),
      phone: { key: '+821012345678', numberCountry: 'KR' },
      customer: {
        place: { country: 'KR', region: null, from: 'number' },
        zones: { zones: ['Asia/Seoul'], from: 'country' },
      },
      now: Date.parse('2026-11-26T03:00:00Z'),
    } as const satisfies Changes;
    expect(wayOf(korean)).toBe('template-not-approved');
    const body = '(광고) North & Pine: 장바구니, {{1}} 님. 무료수신거부 080-123-4567';
    const labelled: Changes = {
      ...korean,
      message: { channels: ['whatsapp'], whatsApp: [{ language: 'en', name: template.name, body }] },
      facts: { templates: [{ ...template, body }] },
    };
    expect(wayOf(labelled)).toBe('whatsapp');
    // What is missing is said of the customer's language, not of another one under the same name.
    const inKorean = { ...template, language: 'ko', body: '장바구니, {{1}} 님.' };
    const unlabelled = decide({
      ...korean,
      message: { channels: ['whatsapp'], whatsApp: [inKorean] },
      facts: { templates: [template, inKorean] },
    });
    expect(unlabelled.trace).toContainEqual(
      expect.objectContaining({
        gate: 'whatsapp-template',
        saw: { as: 'template', status: 'lacks "(광고)" in front, or "무료수신거부"' },
      }),
    );
  });
});

describe('an installation for trying things out', () => {
  const onlyTo = (...entries: string[]) => ({ policy: { onlyTo: entries } });

  it('writes to the addresses and domains that it names, and to nobody else, not even a receipt', () => {
    expect(wayOf(onlyTo('Mina@Example.com'))).toBe('email');
    expect(wayOf(onlyTo('@example.com'))).toBe('email');
    expect(wayOf(onlyTo('+447700900123'))).toBe('sms');
    expect(wayOf(onlyTo('@ample.com', 'ina@example.com'))).toBe('not-on-allow-list');
    expect(wayOf({ ...onlyTo(), message: { purpose: 'transactional' } })).toBe('not-on-allow-list');
    expect(wayOf({ policy: {} })).toBe('email');
  });
});

describe('until when a message may arrive', () => {
  it('is the end of the allowed hours for text messages, the end of its use for what knows no hours', () => {
    const until = (changes: Changes) => {
      const decision = decide(changes);
      return decision.verdict === 'send' ? new Date(decision.validUntil).toISOString() : decision.reason;
    };
    expect(until(only('sms'))).toBe('2026-11-26T20:00:00.000Z');
    expect(until({ ...only('sms'), usefulFor: hour })).toBe('2026-11-26T12:00:00.000Z');
    expect(until(only('email'))).toBe('2026-11-28T11:00:00.000Z');
    expect(until({ message: { channels: ['sms'], purpose: 'transactional' } })).toBe(
      '2026-11-28T11:00:00.000Z',
    );
  });

  it('leaves a provider of text messages two minutes at least', () => {
    const evening = Date.parse('2026-11-26T19:58:00Z');
    expect(decide({ ...only('sms'), now: evening }).verdict).toBe('send');
    expect(decide({ ...only('sms'), now: evening + 1 })).toMatchObject({
      verdict: 'defer',
      until: Date.parse('2026-11-27T10:00:00Z'),
      reason: 'quiet-hours',
    });
    expect(decide({ ...only('sms'), usefulFor: 119_000 })).toMatchObject({ reason: 'no-longer-useful' });
    expect(decide({ ...only('email'), usefulFor: 119_000 }).verdict).toBe('send');
  });
});

describe('the trace', () => {
  it('tells the law, its version and what decided about the place', () => {
    const { trace } = decide(only('sms'));
    expect(trace.find(({ gate }) => gate === 'quiet-hours')?.saw).toMatchObject({
      law: 'elsewhere',
      version: 'elsewhere 2026-11-23',
      rules: 'decent-hours',
      place: 'stated',
    });
    const nowhere = decide({
      ...only('sms'),
      customer: { place: { country: null, region: null, from: 'unknown' } },
    });
    expect(nowhere.trace.find(({ gate }) => gate === 'quiet-hours')?.saw).toMatchObject({
      law: 'unknown',
      rules: 'kr-night, tcpa, us-state-unknown, decent-hours, decent-hours',
    });
  });

  it('somebody who may be anywhere is texted by the strictest of all hours', () => {
    const place = { country: null, region: null, from: 'unknown' } as const;
    const sunday = Date.parse('2026-11-29T12:00:00Z');
    expect(decide({ ...only('sms'), customer: { place }, now: sunday })).toMatchObject({
      verdict: 'defer',
      until: Date.parse('2026-11-30T10:00:00Z'),
    });
    expect(decide({ ...only('email'), customer: { place }, now: sunday }).verdict).toBe('send');
  });
});
