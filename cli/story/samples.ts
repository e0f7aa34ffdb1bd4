import type { Instant } from '../../domain/instant.ts';
import type { Question } from '../../domain/questions.ts';
import type { SupplyMessage } from '../../domain/supply-messages.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** The facts with which a story is told: usually one, two where it tells them apart. The instant is that of the fact. */
export function sampleFacts(startsOn: string): readonly Sample[] {
  if (startsOn === 'order.paid') {
    return [
      { name: 'a first order', fact: { ...order, number: 1 } },
      { name: 'a later order', fact: { ...order, number: 2 } },
    ];
  }
  return [{ name: '', fact: { ...order, cycle: 'a cart', shipment: 'a parcel', deliveredAll: true } }];
}

export interface Sample {
  readonly name: string;
  readonly fact: Readonly<Record<string, unknown>>;
}

const order = {
  order: 'an order',
  customer: 'somebody',
  at: 0,
  day: '2027-12-10',
  season: 'christmas-2027',
  lines: [],
};

export interface SampleAnswer {
  /** For the arrow that leads on from it. */
  readonly name: string;
  readonly answer: unknown;
}

/** What the database might answer: each a way in which a story can go on, the usual one first. */
export function sampleAnswers({ name }: Question, visit: number, now: Instant): readonly SampleAnswer[] {
  switch (name) {
    case 'cart.last-activity':
      return [{ name: 'not touched since', answer: 0 }];
    case 'cart.status':
      return [
        {
          name: 'still open',
          answer: { state: 'open', items: 1, checkoutStarted: false, superseded: false },
        },
      ];
    case 'order.kinds':
      return [
        { name: 'anything else', answer: ['other'] },
        ...['food', 'electronics', 'skincare'].map((kind) => ({ name: kind, answer: [kind] })),
      ];
    case 'order.supplies':
      return suppliesAt(visit, now);
    case 'season.instants':
      return [{ name: 'of a season', answer: { overAt: 10 * day, recapAt: 26 * day, offerAt: 66 * day } }];
    case 'customer.orders':
      return [
        { name: 'none since', answer: { count: 0 } },
        { name: 'ordered since', answer: { count: 1, lastAt: now } },
      ];
    default:
      return name satisfies never;
  }
}

/** Of goods that last thirty days. */
function suppliesAt(visit: number, now: Instant): readonly SampleAnswer[] {
  const due = (message: SupplyMessage, at: Instant) => ({ name: 'known', answer: { next: { message, at } } });
  const over = (reason: string) => ({ name: 'nothing known', answer: { over: reason } });
  if (visit === 0) return [due('replenishment-reminder', 24 * day), over('no-known-supply')];
  if (visit === 1) return [due('replenishment-last', now + 10 * day)];
  return visit === 2 ? [due('replenishment-subscription', now + 30 * day)] : [over('not-bought-again')];
}
