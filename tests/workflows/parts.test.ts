import { describe, expect, it } from 'vitest';
import { chooseVariant } from '../../workflows/choose-variant.ts';
import { defineJourney } from '../../workflows/journey.ts';
import { createMailbox } from '../../workflows/mailbox.ts';
import { createRunClock } from '../../workflows/run-clock.ts';

const due = Date.UTC(2026, 2, 2, 13);

describe('the clock of a run', () => {
  function clockAt(instant: number, offset = 0) {
    let now = instant;
    const clock = createRunClock(due + 400, offset, () => now);
    return { clock, pass: (milliseconds: number) => (now += milliseconds) };
  }

  it('shows the instant it was due, to the whole second, while it is on time', () => {
    const { clock, pass } = clockAt(due + 700);
    expect(clock.now()).toBe(due);
    pass(4000);
    expect(clock.now()).toBe(due);
  });

  it('shows the true time, to the whole second, once it is late', () => {
    const { clock, pass } = clockAt(due + 700);
    pass(5000);
    expect(clock.now()).toBe(due + 5000);
    expect(clock.exactly()).toBe(due + 5700);
  });

  it('never goes back', () => {
    const { clock, pass } = clockAt(due);
    pass(60_000);
    clock.reached(due + 60_000);
    clock.reached(due);
    expect(clock.now()).toBe(due + 60_000);
  });

  it('does not run ahead because of an event that says it happens tomorrow', () => {
    const { clock, pass } = clockAt(due);
    clock.reached(due + 86_400_000);
    pass(10_000);
    expect(clock.now()).toBe(due + 10_000);
  });

  it('shows the true time when it was woken before its time', () => {
    expect(clockAt(due - 3_600_000).clock.now()).toBe(due - 3_600_000);
  });

  it('is early when it was woken before its time, but not for the difference of two clocks', () => {
    expect(clockAt(due - 3_600_000).clock.isEarly()).toBe(true);
    expect(clockAt(due - 900).clock.isEarly()).toBe(false);
  });

  it('shows the time of the scenario', () => {
    expect(clockAt(due - 1_000_000_000, 1_000_000_000).clock.now()).toBe(due);
  });
});

describe('the mailbox of a run', () => {
  const reply = { outboxId: '1', event: 'message.replied', fact: {}, at: due, ends: false } as const;

  it('keeps what came, in order, until it is taken', () => {
    const mailbox = createMailbox();
    mailbox.accept(reply);
    mailbox.accept({ ...reply, outboxId: '2', at: due + 1 });
    expect(mailbox.waiting('message.replied')).toHaveLength(2);
    expect([mailbox.take('message.replied')?.at, mailbox.take('message.replied')?.at]).toEqual([
      due,
      due + 1,
    ]);
    expect(mailbox.take('message.replied')).toBeUndefined();
  });

  it('takes the same happening once, also after it was taken', () => {
    const mailbox = createMailbox();
    expect(mailbox.accept(reply)).toBe(true);
    mailbox.take('message.replied');
    expect(mailbox.accept(reply)).toBe(false);
    expect(mailbox.waiting('message.replied')).toEqual([]);
  });
});

describe('a choice', () => {
  const customers = Array.from({ length: 10_000 }, (_, index) => `0192f1f0-0000-7000-8000-${index}`);
  const share = (experiment: string, shares: Record<string, number>, variant: string) =>
    customers.filter((customer) => chooseVariant(experiment, customer, shares) === variant).length / 10_000;

  it('keeps to the shares', () => {
    expect(share('tone', { warm: 50, brief: 50 }, 'warm')).toBeCloseTo(0.5, 1);
    expect(share('tone', { warm: 90, brief: 10 }, 'brief')).toBeCloseTo(0.1, 1);
    expect(share('tone', { warm: 1, never: 0 }, 'never')).toBe(0);
  });

  it('does not depend on another experiment, nor on the order in which variants are written', () => {
    const both = customers.filter(
      (customer) =>
        chooseVariant('tone', customer, { a: 1, b: 1 }) === 'a' &&
        chooseVariant('length', customer, { b: 1, a: 1 }) === 'a',
    );
    expect(both.length / 10_000).toBeCloseTo(0.25, 1);
    for (const customer of customers.slice(0, 100)) {
      expect(chooseVariant('tone', customer, { a: 1, b: 1 })).toBe(
        chooseVariant('tone', customer, { b: 1, a: 1 }),
      );
    }
  });

  it('stays as it is for ever: a released journey relies on it', () => {
    const letters = customers.slice(0, 16).map((customer) => chooseVariant('tone', customer, { a: 1, b: 1 }));
    expect(letters.join('')).toBe('abbabbbabaabbbba');
  });

  it('is not made among nothing', () => {
    expect(() => chooseVariant('tone', 'c', {})).toThrow(/at least one variant/);
  });
});

describe('a definition', () => {
  const sound = {
    name: 'sound',
    version: 1,
    startsOn: 'cart.updated',
    key: (cart: { readonly cycle: string }) => cart.cycle,
    endsOn: ['order.placed'],
    reentry: 'once-per-key',
  } as const;

  it('gives the workflow its permanent name and ends on erasure', () => {
    const journey = defineJourney(sound, async (_cart, { exit }) => exit('done'));
    expect(journey.name).toBe('sound@1');
    expect(journey.definition.endsOn).toEqual(['order.placed', 'customer.erased']);
  });

  it.each([
    ['a name of another shape', { name: 'Sound Journey' }, /lower-case words/],
    ['a version below 1', { version: 0 }, /whole number from 1/],
    ['an event that ends and wakes it', { wakesOn: ['order.placed'] as const }, /in endsOn and in wakesOn/],
    ['a duration that is none', { startsAfter: '-4 hours' as const }, /not a duration/],
    ['a pause that is none', { reentry: { after: '0 days' as const } }, /not a duration/],
  ])('is refused for %s', (_name, wrong, sentence) => {
    expect(() => defineJourney({ ...sound, ...wrong }, async (_cart, { exit }) => exit('done'))).toThrow(
      sentence,
    );
  });
});
