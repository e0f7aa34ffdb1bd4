import fc from 'fast-check';

/** Everything that may happen to the people of a history, in any order. */
export type Action =
  | { readonly do: 'cart'; readonly who: Who; readonly cart: 'A' | 'B'; readonly items: 1 | 2 }
  | { readonly do: 'empty'; readonly who: Who; readonly cart: 'A' | 'B' }
  | { readonly do: 'checkout'; readonly who: Who; readonly cart: 'A' | 'B' }
  | { readonly do: 'order'; readonly who: Who; readonly cart: 'A' | 'B' | undefined }
  | {
      readonly do: 'consent';
      readonly who: Who;
      readonly channel: 'email' | 'sms' | 'all';
      readonly state: 'granted' | 'withdrawn';
    }
  | { readonly do: 'sell-out' }
  | { readonly do: 'restock' }
  | { readonly do: 'merge' }
  | { readonly do: 'repeat'; readonly which: number }
  | { readonly do: 'restart-worker' };

/** Two records; they may turn out to be one person. */
export type Who = 'mina' | 'mina-at-work';

export interface Step {
  /** How long after the step before, in minutes: at least one, so that instants tell what came first. */
  readonly wait: number;
  /** By how many minutes the shop was late to tell. */
  readonly late: number;
  readonly action: Action;
}

export interface History {
  /** Into the week at which it begins, in minutes: any hour of any day. */
  readonly begins: number;
  readonly timeZone: string;
  readonly channels: readonly ('email' | 'sms')[];
  readonly steps: readonly Step[];
}

const who = fc.constantFrom<Who>('mina', 'mina', 'mina', 'mina-at-work');
const cart = fc.constantFrom('A', 'B');
const channel = fc.constantFrom('email', 'sms', 'all');

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('cart'), who, cart, items: fc.constantFrom(1, 2) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('checkout'), who, cart }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('order'), who, cart: fc.option(cart, { nil: undefined }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('empty'), who, cart }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('consent'),
      who,
      channel,
      state: fc.constantFrom('withdrawn', 'withdrawn', 'granted'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'sell-out' }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restock' }) },
  { weight: 1, arbitrary: fc.constant({ do: 'merge' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('repeat'), which: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart-worker' }) },
);

const minutes = fc.oneof(
  fc.integer({ min: 1, max: 90 }),
  fc.constantFrom(59, 60, 61, 239, 240, 241, 1199, 1200, 1201, 1440),
  fc.integer({ min: 90, max: 3 * 1440 }),
);

const step: fc.Arbitrary<Step> = fc.record({
  wait: minutes,
  late: fc.oneof(
    { weight: 4, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 600 }) },
  ),
  action,
});

/** Shrinks to fewer steps, shorter waits, no lateness. */
export const anyHistory: fc.Arbitrary<History> = fc.record({
  begins: fc.integer({ min: 1, max: 7 * 1440 }),
  timeZone: fc.constantFrom('Europe/London', 'America/New_York', 'Asia/Seoul', 'Australia/Lord_Howe'),
  channels: fc.constantFrom<History['channels']>(['email'], ['sms'], ['email', 'sms']),
  steps: fc.array(step, { minLength: 1, maxLength: 12 }),
});
