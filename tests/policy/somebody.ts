import type { AddressFact, SendCase, SendFacts } from '../../delivery/policy/send-facts.ts';
import { defaultPolicy } from '../../domain/shop-config.ts';

export const hour = 3_600_000;

/** Reachable by everything, consenting to everything; tests change what they are about. */
export function caseOf(
  changes: {
    readonly now?: number;
    readonly usefulFor?: number;
    readonly message?: Partial<SendCase['message']>;
    readonly policy?: Partial<SendCase['policy']>;
    readonly facts?: Partial<SendFacts>;
    readonly customer?: Partial<SendFacts['customer']>;
    readonly phone?: Partial<AddressFact>;
  } = {},
): SendCase {
  const now = changes.now ?? Date.parse('2026-11-26T11:00:00Z');
  const phone = { key: '+447700900123', valid: true, numberCountry: 'GB', ...changes.phone };
  return {
    now,
    usefulUntil: now + (changes.usefulFor ?? 48 * hour),
    heldAt: [now],
    message: { purpose: 'marketing', channels: ['sms'], ...changes.message },
    policy: { ...defaultPolicy, ...changes.policy },
    facts: {
      origin: {
        kind: 'journey',
        id: 'e1',
        name: 'abandoned-cart',
        state: 'open',
        endedBy: null,
        includesBusiness: false,
      },
      customer: {
        id: 'c1',
        erased: false,
        business: false,
        test: false,
        preferredChannel: null,
        locale: null,
        quietUntil: null,
        zones: { zones: ['Europe/London'], from: 'stated' },
        place: { country: 'GB', region: null, from: 'stated' },
        ...changes.customer,
      },
      addresses: { email: { key: 'mina@example.com', valid: true }, sms: phone, whatsapp: phone },
      templates: [],
      connected: ['email', 'sms', 'whatsapp'],
      consents: (['email', 'sms', 'whatsapp'] as const).map((channel) => ({
        channel,
        topic: '',
        state: 'granted',
        at: 0,
      })),
      suppressions: [],
      complaint: null,
      pauses: [],
      lapses: [],
      sends: [],
      refused: {},
      ...changes.facts,
    },
  };
}
