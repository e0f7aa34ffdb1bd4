import type { ExplainedDelivery, ExplainedEnrolment, Explanation } from '../../client/explain.ts';
import type { NotEnrolled } from '../../client/not-enrolled.ts';

const at = Date.parse('2027-03-01T10:00:00Z');

/** What is explained about somebody to whom nothing has happened, but for what is given. */
export function explained({
  shopId = 'mina',
  deliveries = [],
  notEnrolled = [],
}: {
  readonly shopId?: string;
  readonly deliveries?: readonly ExplainedDelivery[];
  readonly notEnrolled?: readonly NotEnrolled[];
} = {}): Explanation {
  return {
    customer: {
      id: `id-of-${shopId}`,
      shopId,
      state: 'active',
      kind: 'consumer',
      test: false,
      locale: 'en',
      timeZone: 'Europe/London',
      timeZoneSource: 'stated',
      country: 'GB',
      reachable: [],
      consents: [],
      suppressions: [],
    },
    enrolments: deliveries.length === 0 ? [] : [enrolmentOf(deliveries)],
    campaigns: [],
    notEnrolled,
  };
}

function enrolmentOf(deliveries: readonly ExplainedDelivery[]): ExplainedEnrolment {
  return {
    id: 'enrolment',
    journey: 'welcome',
    version: 1,
    entry: 1,
    state: 'closed',
    openedAt: at,
    openedBy: null,
    dueAt: at,
    sealedAt: null,
    sealReason: null,
    exitReason: 'skipped',
    exitedAt: at,
    deliveries,
  };
}

/** A message that was not sent by WhatsApp, for a reason of that channel. */
export function notSent(reason: 'template-not-approved' | 'no-consent'): ExplainedDelivery {
  return {
    id: 'delivery',
    step: 'welcome#1',
    message: 'welcome',
    state: 'skipped',
    reason,
    channel: null,
    locale: null,
    dueAt: at,
    usefulUntil: at,
    decidedAt: at,
    sendingAt: null,
    settledAt: at,
    deferredUntil: null,
    arrival: null,
    arrivalCode: null,
    deliveredAt: null,
    readAt: null,
    clickedAt: null,
    bouncedAt: null,
    gates: [{ gate: 'a-gate', channel: 'whatsapp', verdict: 'skip', reason, saw: {} }],
    deferrals: [],
  };
}
