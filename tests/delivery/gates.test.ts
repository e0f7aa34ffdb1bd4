import { describe, expect, it } from 'vitest';
import { judge } from '../../delivery/policy/judge.ts';
import type { CampaignOrigin, JourneyOrigin, SendCase, SendFacts } from '../../delivery/policy/send-facts.ts';
import { defaultPolicy } from '../../domain/shop-config.ts';
import { caseOf, hour } from '../policy/somebody.ts';

const now = Date.parse('2026-11-26T11:00:00Z');

const inJourney: JourneyOrigin = {
  kind: 'journey',
  id: 'e1',
  name: 'abandoned-cart',
  state: 'open',
  endedBy: null,
  includesBusiness: false,
};

const inCampaign: CampaignOrigin = {
  kind: 'campaign',
  id: 'r1',
  name: 'black-friday',
  includesBusiness: false,
  state: 'running',
  launchedAt: null,
  test: false,
  holdout: false,
  duplicate: false,
  excludesBuyersSince: null,
  boughtAt: null,
};

const marketing = caseOf({
  now,
  message: { channels: ['email', 'sms'], topic: 'cart' },
  facts: {
    origin: inJourney,
    addresses: { email: { key: 'm@example.com', valid: true }, sms: { key: '+447700900123', valid: true } },
    connected: ['email', 'sms'],
  },
});
const receipt: SendCase = { ...marketing, message: { purpose: 'transactional', channels: ['email'] } };

const withFacts = (facts: Partial<SendFacts>, base = marketing): SendCase => ({
  ...base,
  facts: { ...base.facts, ...facts },
});
const withCustomer = (customer: Partial<SendFacts['customer']>, base = marketing): SendCase =>
  withFacts({ customer: { ...base.facts.customer, ...customer } }, base);

/** Reached by text message only, since e-mail may be sent at any hour. */
const bySms = withFacts({ addresses: { sms: { key: '+447700900123', valid: true } } });

const decisionOf = (sendCase: SendCase) => {
  const { trace: _, ...decision } = judge(sendCase);
  // Until when it may arrive is the subject of tests/policy.
  if (decision.verdict !== 'send') return decision;
  const { validUntil: __, ...sent } = decision;
  return sent;
};

describe('the channel', () => {
  it('is the first of the message by which the customer may be reached', () => {
    expect(decisionOf(marketing)).toEqual({ verdict: 'send', channel: 'email' });
  });

  it('is the one that the customer likes best, when the message has it', () => {
    expect(decisionOf(withCustomer({ preferredChannel: 'sms' }))).toEqual({
      verdict: 'send',
      channel: 'sms',
    });
    expect(decisionOf(withCustomer({ preferredChannel: 'whatsapp' }))).toMatchObject({ channel: 'email' });
  });

  it.each([
    ['there is no address', { addresses: { sms: { key: '+447700900123', valid: true } } }],
    [
      'the address has bounced',
      {
        addresses: {
          email: { key: 'm@example.com', valid: false },
          sms: { key: '+447700900123', valid: true },
        },
      },
    ],
    ['the shop has no connection for it', { connected: ['sms'] }],
    ['the provider refused this very message', { refused: { email: '550' } }],
    ['there is no consent for it', { consents: [{ channel: 'sms', topic: '', state: 'granted', at: 0 }] }],
    [
      'the consent was withdrawn',
      {
        consents: [
          { channel: 'email', topic: '', state: 'withdrawn', at: 1 },
          { channel: 'sms', topic: '', state: 'granted', at: 0 },
        ],
      },
    ],
    [
      'the address is suppressed',
      {
        suppressions: [
          { customer: null, addressKey: 'm@example.com', channel: null, scope: 'marketing', reason: 'x' },
        ],
      },
    ],
  ] satisfies [string, Partial<SendFacts>][])('is the next one when %s', (_, facts) => {
    expect(decisionOf(withFacts(facts))).toEqual({ verdict: 'send', channel: 'sms' });
  });

  it('is none, and the reason is that of the channel that came furthest', () => {
    expect(decisionOf(withFacts({ addresses: {} }))).toEqual({ verdict: 'skip', reason: 'unreachable' });
    expect(decisionOf(withFacts({ addresses: { email: { key: 'm', valid: true } }, consents: [] }))).toEqual({
      verdict: 'skip',
      reason: 'no-consent',
    });
  });
});

describe('consent', () => {
  const decided = (...consents: SendFacts['consents']) =>
    decisionOf(withFacts({ consents, addresses: { email: { key: 'm', valid: true } } })).verdict;
  const say = (state: 'granted' | 'withdrawn', at: number, topic = '') =>
    ({ channel: 'email', topic, state, at }) as const;

  it('to the topic is enough', () => expect(decided(say('granted', 1, 'cart'))).toBe('send'));
  it('to another topic is not', () => expect(decided(say('granted', 1, 'news'))).toBe('skip'));
  it('withdrawn for the topic holds against a general one', () =>
    expect(decided(say('granted', 2), say('withdrawn', 1, 'cart'))).toBe('skip'));
  it('withdrawn for everything takes the topic with it, at the same instant too', () => {
    expect(decided(say('withdrawn', 2), say('granted', 1, 'cart'))).toBe('skip');
    expect(decided(say('withdrawn', 2), say('granted', 2, 'cart'))).toBe('skip');
  });
  it('to the topic after everything was withdrawn is a new word', () =>
    expect(decided(say('withdrawn', 1), say('granted', 2, 'cart'))).toBe('send'));
});

describe('what is not marketing', () => {
  const silent = { consents: [], sends: Array.from({ length: 5 }, () => sendTo('c1')) };

  it('needs no consent and knows no cap, no quiet hours and no business rule', () => {
    const facts = withCustomer({ business: true, quietUntil: '2027-01-01' }, withFacts(silent, receipt));
    const { trace, ...decision } = judge(facts);
    expect(decision).toMatchObject({ verdict: 'send', channel: 'email' });
    expect(trace.filter((each) => each.saw['purpose'] === 'not marketing').map((each) => each.gate)).toEqual([
      'business',
      'consent',
      'quiet-hours',
      'frequency-cap',
      'complaint-open',
    ]);
  });

  it('still stops for an ended journey, an erased customer, a full suppression and a pause', () => {
    const ended = withFacts({ origin: { ...inJourney, state: 'sealed' } }, receipt);
    const everything = {
      customer: 'c1',
      addressKey: null,
      channel: null,
      scope: 'everything',
      reason: 'x',
    } as const;
    expect(decisionOf(ended)).toMatchObject({ reason: 'journey-ended' });
    expect(decisionOf(withCustomer({ erased: true }, receipt))).toMatchObject({ reason: 'customer-erased' });
    expect(decisionOf(withFacts({ suppressions: [everything] }, receipt))).toMatchObject({
      reason: 'suppressed',
    });
    expect(decisionOf(withFacts({ pauses: [{ scope: 'everything', name: '' }] }, receipt))).toMatchObject({
      verdict: 'defer',
      reason: 'paused',
    });
  });

  it('is not stopped by a suppression of marketing', () => {
    const marketingOnly = {
      customer: 'c1',
      addressKey: null,
      channel: null,
      scope: 'marketing',
      reason: 'x',
    } as const;
    expect(decisionOf(withFacts({ suppressions: [marketingOnly] }, receipt))).toMatchObject({
      verdict: 'send',
    });
  });
});

function sendTo(
  customer: string,
  at = now - hour,
  addressKey: string | null = null,
): SendFacts['sends'][number] {
  return {
    delivery: 'of another message',
    customer,
    addressKey,
    origin: 'other',
    channel: 'email',
    purpose: 'marketing',
    allowance: null,
    at,
  };
}

describe('a campaign', () => {
  const reasonOf = (changes: Partial<CampaignOrigin>) =>
    decisionOf(withFacts({ origin: { ...inCampaign, ...changes } }));
  const goes = { verdict: 'send', channel: 'email' };

  it.each([
    ['done', 'campaign-not-running'],
    ['cancelled', 'campaign-not-running'],
  ] as const)('that is %s does not send, a running one does', (state, reason) => {
    expect(reasonOf({ state })).toEqual({ verdict: 'skip', reason });
    expect(reasonOf({ state: 'running' })).toEqual(goes);
  });

  it('leaves out its holdout and nobody else', () => {
    expect(reasonOf({ holdout: true })).toEqual({ verdict: 'skip', reason: 'holdout' });
    expect(reasonOf({ holdout: false })).toEqual(goes);
  });

  it('leaves out who has bought since, unless it does not mind', () => {
    const excludesBuyersSince = now - 2 * hour;
    expect(reasonOf({ excludesBuyersSince, boughtAt: now - hour })).toEqual({
      verdict: 'skip',
      reason: 'bought-already',
    });
    expect(reasonOf({ excludesBuyersSince, boughtAt: null })).toEqual(goes);
    expect(reasonOf({ excludesBuyersSince: null, boughtAt: now - hour })).toEqual(goes);
  });

  it('writes once to a person of whom there were two records', () => {
    expect(reasonOf({ duplicate: true })).toEqual({ verdict: 'skip', reason: 'duplicate-recipient' });
    expect(reasonOf({ duplicate: false })).toEqual(goes);
  });

  it('leaves businesses out, unless it includes them', () => {
    const business = withCustomer({ business: true }, withFacts({ origin: inCampaign }));
    expect(decisionOf(business)).toMatchObject({ reason: 'business-customer' });
    const included = withFacts({ origin: { ...inCampaign, includesBusiness: true } }, business);
    expect(decisionOf(included)).toEqual(goes);
  });

  it('is held by a pause of its own name, and not by that of a journey or another campaign', () => {
    const paused = (scope: 'journey' | 'campaign', name: string) =>
      decisionOf(withFacts({ origin: inCampaign, pauses: [{ scope, name }] })).verdict;
    expect(paused('campaign', 'black-friday')).toBe('defer');
    expect(paused('campaign', 'seollal')).toBe('send');
    expect(paused('journey', 'black-friday')).toBe('send');
  });

  it('does not ask about the run of a journey, nor a journey about campaigns', () => {
    const gatesOf = (origin: SendFacts['origin']) =>
      judge(withFacts({ origin })).trace.map(({ gate }) => gate);
    const ofCampaigns = ['campaign-live', 'one-place', 'holdout', 'bought-already'];
    expect(gatesOf(inCampaign)).toEqual(expect.arrayContaining(ofCampaigns));
    expect(gatesOf(inCampaign)).not.toContain('run-live');
    expect(gatesOf(inJourney).filter((gate) => ofCampaigns.includes(gate))).toEqual([]);
  });

  describe('under the frequency cap', () => {
    const inTheWeek = (count: number) =>
      Array.from({ length: count }, (_, n) => sendTo('c1', now - (n + 1) * 25 * hour));
    const decided = (
      sends: SendFacts['sends'],
      policy = defaultPolicy,
      origin: SendFacts['origin'] = inCampaign,
    ) => decisionOf({ ...withFacts({ sends, origin }), policy }).verdict;
    const capOfTwo = { ...defaultPolicy, frequencyCaps: [{ limit: 2, per: '7 days' }] } as const;

    it('leaves room for one message of a journey in the week', () => {
      expect(decided(inTheWeek(1))).toBe('send');
      expect(decided(inTheWeek(2))).toBe('skip');
      expect(decided(inTheWeek(2), defaultPolicy, inJourney)).toBe('send');
    });

    it('leaves as much room as the shop says, and may always fill one', () => {
      expect(decided(inTheWeek(2), { ...defaultPolicy, campaignHeadRoom: 0 })).toBe('send');
      expect(decided(inTheWeek(1), { ...defaultPolicy, campaignHeadRoom: 2 })).toBe('skip');
      expect(decided([], { ...defaultPolicy, campaignHeadRoom: 9 })).toBe('send');
      expect(decided([], capOfTwo)).toBe('send');
      expect(decided(inTheWeek(1), capOfTwo)).toBe('skip');
    });

    it('does not count its own message, nor anything for a test', () => {
      expect(decided([{ ...sendTo('c1'), origin: inCampaign.id }])).toBe('send');
      expect(decided([sendTo('c1')])).toBe('defer');
      expect(decided([sendTo('c1')], defaultPolicy, { ...inCampaign, test: true })).toBe('send');
    });
  });
});

describe('a complaint', () => {
  const day = 24 * hour;
  const later = { usefulUntil: now + 10 * day };
  const complained = (closedAt: number | null) => ({
    ...withFacts({ complaint: { closedAt } }),
    ...later,
  });

  it('that is open holds marketing back for seven days at least', () => {
    expect(decisionOf(complained(null))).toEqual({
      verdict: 'defer',
      channel: 'email',
      until: now + 7 * day,
      reason: 'complaint-open',
    });
  });

  it('that was closed holds it back until seven days after that, and no longer', () => {
    expect(decisionOf(complained(now - day))).toMatchObject({
      until: now + 6 * day,
      reason: 'complaint-open',
    });
    expect(decisionOf(complained(now - 7 * day))).toMatchObject({ verdict: 'send' });
  });

  it('is the reason for what would not be useful any more, and no reason against a receipt', () => {
    expect(decisionOf(withFacts({ complaint: { closedAt: null } }))).toEqual({
      verdict: 'skip',
      reason: 'complaint-open',
    });
    expect(decisionOf(withFacts({ complaint: { closedAt: null } }, receipt))).toMatchObject({
      verdict: 'send',
    });
  });
});

describe('usefulness', () => {
  it('includes its last instant and ends after it', () => {
    expect(decisionOf({ ...marketing, usefulUntil: now })).toMatchObject({ verdict: 'send' });
    expect(decisionOf({ ...marketing, usefulUntil: now - 1 })).toEqual({
      verdict: 'skip',
      reason: 'no-longer-useful',
    });
  });
});

describe('business customers', () => {
  it('are left out of consumer journeys and not out of others', () => {
    const includes = { origin: { ...inJourney, includesBusiness: true } };
    expect(decisionOf(withCustomer({ business: true }))).toMatchObject({ reason: 'business-customer' });
    expect(decisionOf(withCustomer({ business: true }, withFacts(includes)))).toMatchObject({
      verdict: 'send',
    });
  });
});

describe('the frequency cap', () => {
  it('waits exactly until the oldest of the window has left it', () => {
    const at = now - 20 * hour - 123;
    expect(decisionOf(withFacts({ sends: [sendTo('c1', at)] }))).toEqual({
      verdict: 'defer',
      channel: 'email',
      until: now + 4 * hour,
      reason: 'frequency-cap',
    });
    expect(decisionOf(withFacts({ sends: [sendTo('c1', now - 24 * hour)] }))).toMatchObject({
      verdict: 'send',
    });
  });

  it('skips what would have to wait beyond its usefulness', () => {
    const week = [1, 2, 3].map((days) => sendTo('c1', now - days * 25 * hour));
    expect(decisionOf(withFacts({ sends: week }))).toEqual({ verdict: 'skip', reason: 'frequency-cap' });
  });

  it('counts messages to the same address, whoever they were for', () => {
    const toHousehold = sendTo('c2', now - hour, 'm@example.com');
    expect(decisionOf(withFacts({ sends: [toHousehold] }))).toMatchObject({ reason: 'frequency-cap' });
    expect(decisionOf(withFacts({ sends: [sendTo('c2', now - hour, 'other@example.com')] }))).toMatchObject({
      verdict: 'send',
    });
  });

  it('does not count the own journey, receipts, or anything for a test customer', () => {
    const own = { ...sendTo('c1'), origin: 'e1' };
    const bill = { ...sendTo('c1'), purpose: 'transactional' } as const;
    expect(decisionOf(withFacts({ sends: [own, bill] }))).toMatchObject({ verdict: 'send' });
    expect(decisionOf(withCustomer({ test: true }, withFacts({ sends: [sendTo('c1')] })))).toMatchObject({
      verdict: 'send',
    });
  });
});

describe('an allowance', () => {
  const allowance = { name: 'cart-sms', channel: 'sms', limit: 1, per: '48 hours' } as const;
  const shared = { ...bySms, message: { ...bySms.message, allowance }, usefulUntil: now + 72 * hour };
  const spent = {
    ...sendTo('c1', now - 30 * hour),
    channel: 'sms',
    allowance: 'cart-sms',
    origin: 'e1',
  } as const;

  it('is shared by all that name it, the own journey too', () => {
    expect(decisionOf(withFacts({ sends: [spent] }, shared))).toMatchObject({
      verdict: 'defer',
      until: Date.parse('2026-11-27T10:00:00Z'),
      reason: 'allowance-spent',
    });
  });

  it('counts what went to the address, whoever has it as well, and not to another', () => {
    const sentTo = (addressKey: string) => ({ ...spent, customer: 'c2', addressKey });
    const verdict = (addressKey: string) =>
      decisionOf(withFacts({ sends: [sentTo(addressKey)] }, shared)).verdict;
    expect(verdict('+447700900123')).toBe('defer');
    expect(verdict('+447700900999')).toBe('send');
  });

  it('of one channel does not hold back another', () => {
    const byEmail = { ...marketing, message: { ...marketing.message, allowance } };
    expect(decisionOf(withFacts({ sends: [spent] }, byEmail))).toMatchObject({ verdict: 'send' });
  });

  it('skips what would have to wait beyond its usefulness', () => {
    const brief = { ...shared, usefulUntil: now + 10 * hour };
    expect(decisionOf(withFacts({ sends: [spent] }, brief))).toEqual({
      verdict: 'skip',
      reason: 'allowance-spent',
    });
  });
});

describe('a pause', () => {
  it.each([
    [{ scope: 'everything', name: '' }, true],
    [{ scope: 'journey', name: 'abandoned-cart' }, true],
    [{ scope: 'journey', name: 'win-back' }, false],
    [{ scope: 'channel', name: 'email' }, true],
    [{ scope: 'channel', name: 'sms' }, false],
  ] as const)('of %o holds it: %s', (pause, holds) => {
    const decision = decisionOf(withFacts({ pauses: [pause] }));
    expect(decision).toEqual(
      holds
        ? { verdict: 'defer', channel: 'email', until: now + 5 * 60_000, reason: 'paused' }
        : { verdict: 'send', channel: 'email' },
    );
  });

  it('that outlasts the usefulness is the reason', () => {
    const pauses = [{ scope: 'everything', name: '' }] as const;
    const nearly = { ...withFacts({ pauses }), usefulUntil: now + 3000 };
    expect(decisionOf(nearly)).toMatchObject({ verdict: 'defer', until: now + 2000, reason: 'paused' });
    expect(decisionOf({ ...nearly, now: now + 2500 })).toEqual({ verdict: 'skip', reason: 'paused' });
  });
});

describe('several gates', () => {
  it('agree on one instant: after the cap and in the customer’s day', () => {
    // The cap frees at 23:00; text messages are allowed from 10:00.
    const sends = [sendTo('c1', now - 12 * hour)];
    expect(decisionOf(withFacts({ sends }, bySms))).toEqual({
      verdict: 'defer',
      channel: 'sms',
      until: Date.parse('2026-11-27T10:00:00Z'),
      reason: 'frequency-cap',
    });
  });

  it('leave a trace of each, with what it saw and without an address', () => {
    const { trace } = judge(marketing);
    expect(trace.map((each) => each.gate)).toEqual([
      'run-live',
      'useful',
      'erased',
      'business',
      'reachable',
      'consent',
      'suppression',
      'quiet-hours',
      'frequency-cap',
      'allowance',
      'complaint-open',
      'paused',
    ]);
    expect(trace.every((each) => Object.keys(each.saw).length > 0)).toBe(true);
    expect(JSON.stringify(trace)).not.toMatch(/example\.com|\+44/);
  });
});
