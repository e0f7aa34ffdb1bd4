import type { EventData, EventName } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import type { JourneyDefinition } from '../../domain/journey.ts';
import { createIntake, type Accepted, type Intake } from '../../intake/create-intake.ts';
import type { Database } from '../../store/database.ts';
import { createTestDatabase } from '../kit/database.ts';

/** Monday, 2 March 2026, 10:00 in London. */
export const monday = Date.parse('2026-03-02T10:00:00Z');
export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => count * 3_600_000;
export const days = (count: number): number => count * 86_400_000;

export const abandonedCart = {
  name: 'abandoned-cart',
  version: 1,
  startsOn: 'cart.updated',
  key: (cart) => cart.cycle,
  unless: (cart) => cart.items.length === 0 || cart.checkoutAt !== undefined,
  startsAfter: '4 hours',
  endsOn: ['order.placed', 'cart.emptied', 'checkout.started', 'cart.superseded'],
  wakesOn: ['message.replied'],
  reentry: 'once-per-key',
  reopensAfter: ['cart.superseded'],
} satisfies JourneyDefinition<
  'cart.updated',
  'order.placed' | 'cart.emptied' | 'checkout.started' | 'cart.superseded',
  'message.replied'
>;

export const abandonedCheckout = {
  name: 'abandoned-checkout',
  version: 1,
  startsOn: 'checkout.started',
  key: (cart) => cart.cycle,
  startsAfter: '1 hour',
  endsOn: ['order.placed', 'cart.emptied', 'cart.superseded'],
  reentry: 'once-per-key',
  reopensAfter: ['cart.superseded'],
} satisfies JourneyDefinition<'checkout.started', 'order.placed' | 'cart.emptied' | 'cart.superseded'>;

/** A definition as a list of journeys takes it. */
export function journeys(...definitions: readonly unknown[]): JourneyDefinition[] {
  return definitions as JourneyDefinition[];
}

export interface Shop {
  readonly db: Database;
  readonly url: string;
  readonly intake: Intake;
  readonly now: () => Instant;
  /** Moves the clock forward. */
  readonly wait: (milliseconds: number) => void;
  /** An event of now, or of `at`, with an id of its own. */
  readonly event: <Name extends EventName>(
    type: Name,
    data: EventData<Name>,
    more?: Partial<Around>,
  ) => Around;
  readonly tell: (...events: readonly unknown[]) => Promise<Accepted[]>;
  readonly enrolments: () => Promise<SeenEnrolment[]>;
  readonly notes: (event: { id: string }) => Promise<readonly unknown[]>;
  readonly close: () => Promise<void>;
}

export interface Around {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly customerId?: string | undefined;
  readonly anonymousId?: string | undefined;
  readonly backfill?: boolean;
  readonly test?: boolean;
  readonly data: unknown;
  readonly at?: never;
}

export interface SeenEnrolment {
  readonly journey: string;
  readonly entry: number;
  readonly state: string;
  readonly because: string | null;
}

/** A shop with a database of its own and a clock that the test moves. Events are of customer `c` unless they say otherwise. */
export async function openShop(
  definitions: readonly JourneyDefinition[] = journeys(abandonedCart, abandonedCheckout),
  start: Instant = monday,
): Promise<Shop> {
  const database = await createTestDatabase();
  let now = start;
  let count = 0;
  const clock = { now: () => now };
  const intake = createIntake({ db: database.db, journeys: definitions, clock });
  return {
    db: database.db,
    url: database.url,
    intake,
    now: clock.now,
    wait: (milliseconds) => {
      now += milliseconds;
    },
    event: (type, data, more = {}) => ({
      id: `event-${(count += 1)}`,
      type,
      occurredAt: new Date(now).toISOString(),
      ...('customerId' in more || 'anonymousId' in more ? {} : { customerId: 'c' }),
      ...more,
      data,
    }),
    tell: (...events) => intake.accept(events),
    enrolments: () => seenEnrolments(database.db),
    notes: async ({ id }) => {
      const row = await database.db
        .selectFrom('events')
        .select('routing')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      return row.routing;
    },
    close: () => database.close(),
  };
}

async function seenEnrolments(db: Database): Promise<SeenEnrolment[]> {
  return db
    .selectFrom('enrolments')
    .select(['journey', 'entry', 'state', 'seal_reason as because'])
    .orderBy('journey')
    .orderBy('opened_at')
    .orderBy('entry')
    .orderBy('id')
    .execute();
}

export const heart = { variant: '85123A', quantity: 2, price: { amount: 255, currency: 'GBP' } };
export const mug = { variant: '22197', quantity: 1, price: { amount: 850, currency: 'GBP' } };

export function order(orderId: string, cartId?: string): EventData<'order.placed'> {
  return {
    orderId,
    lines: [heart],
    total: { amount: 510, currency: 'GBP' },
    ...(cartId === undefined ? {} : { cartId }),
  };
}

/** When something happened: `{ ...ago(shop, hours(2)) }`. */
export function at(instant: Instant): { occurredAt: string } {
  return { occurredAt: new Date(instant).toISOString() };
}
