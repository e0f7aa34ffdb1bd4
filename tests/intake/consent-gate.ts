import { consent } from '../../delivery/policy/consent.ts';
import type { ConsentFact, SendCase } from '../../delivery/policy/send-facts.ts';
import type { ChannelName } from '../../domain/channel-name.ts';
import { defaultPolicy } from '../../domain/shop-config.ts';
import type { Database } from '../../store/database.ts';

/** What the gate of consent says about marketing to the one customer of whom words are kept. */
export async function judgeConsent(db: Database, channel: ChannelName, topic?: string): Promise<string> {
  const words = await db
    .selectFrom('current_consents')
    .select(['channel', 'topic', 'state', 'occurred_at as at'])
    .execute();
  return consent.judge(sendCase(words, topic), channel).verdict;
}

function sendCase(consents: readonly ConsentFact[], topic: string | undefined): SendCase {
  return {
    now: 0,
    usefulUntil: 0,
    heldAt: [],
    message: {
      purpose: 'marketing',
      channels: ['email', 'sms'],
      ...(topic === undefined ? {} : { topic }),
    },
    policy: defaultPolicy,
    facts: {
      origin: {
        kind: 'journey',
        id: 'e',
        name: 'abandoned-cart',
        state: 'open',
        endedBy: null,
        includesBusiness: false,
      },
      customer: {
        id: 'c',
        erased: false,
        business: false,
        test: false,
        preferredChannel: null,
        quietUntil: null,
        locale: null,
        zones: { zones: ['Europe/London'], from: 'shop' },
        place: { country: null, region: null, from: 'unknown' },
      },
      addresses: {},
      templates: [],
      connected: [],
      consents,
      suppressions: [],
      complaint: null,
      pauses: [],
      lapses: [],
      sends: [],
      refused: {},
    },
  };
}
