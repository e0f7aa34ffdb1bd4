import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGroupCommit } from '../../intake/group-commit.ts';
import type { IncomingEvent } from '../../intake/parse-event.ts';
import { heart, openShop, type Shop } from './shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await openShop();
});
afterEach(async () => {
  await shop.close();
});

const cart = (customerId: string) =>
  shop.event('cart.updated', { cartId: `cart-of-${customerId}`, items: [heart] }, { customerId });

const sqlState = (code: string): Error => Object.assign(new Error('It cannot be done.'), { code });

/** The shop's intake, with a note of how many events came at once. */
function counted() {
  const sizes: number[] = [];
  const acceptParsed = async (events: readonly IncomingEvent[]) => {
    sizes.push(events.length);
    return shop.intake.acceptParsed(events);
  };
  return { sizes, group: createGroupCommit({ acceptParsed }) };
}

describe('group commit', () => {
  it('lets events that arrive at the same time share transactions', async () => {
    const { group, sizes } = counted();
    const events = Array.from({ length: 50 }, (_, index) => cart(`c-${index}`));
    const answers = await Promise.all(events.map((event) => group.accept(event)));
    expect(answers.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(sizes.length).toBeLessThan(6);
    expect(await shop.enrolments()).toHaveLength(50);
  });

  it('does not let a lone event wait for company', async () => {
    const { group, sizes } = counted();
    await group.accept(cart('c'));
    expect(sizes).toEqual([1]);
  });

  it('opens another transaction beside one that is held up, and not beside one that is not', async () => {
    const sizes: number[] = [];
    const locks: (() => void)[] = [];
    const acceptParsed = async (events: readonly IncomingEvent[]) => {
      sizes.push(events.length);
      if (sizes.length === 1) await new Promise<void>((resolve) => locks.push(resolve));
      return shop.intake.acceptParsed(events);
    };
    const group = createGroupCommit({ acceptParsed }, { patience: 40 });
    const held = group.accept(cart('c-1'));
    const others = [group.accept(cart('c-2')), group.accept(cart('c-3'))];
    expect(sizes).toEqual([1]);
    await Promise.all(others);
    expect(sizes).toEqual([1, 2]);
    for (const unlock of locks) unlock();
    await held;
  });

  it('does not let a bad event fail its neighbours', async () => {
    const { group } = counted();
    const kept = cart('c-1');
    await group.accept(kept);
    const conflicting = { ...kept, data: { cartId: 'other', items: [heart] } };
    const answers = await Promise.allSettled([
      group.accept(cart('c-2')),
      group.accept({ ...cart('c-3'), type: 'nonsense' }),
      group.accept(conflicting),
      group.accept(cart('c-4')),
      group.accept(kept),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(answers[2]).toMatchObject({ reason: { code: 'event-conflict', problems: [{ index: 0 }] } });
    expect(await shop.enrolments()).toHaveLength(3);
  });

  it.each([
    ['its data', sqlState('22P05')],
    ['a constraint', sqlState('23514')],
    ['a rule of a journey', new TypeError('Cannot read the item')],
  ])('finds the one event that its transaction stumbles over: %s', async (_, broken) => {
    const acceptParsed = async (events: readonly IncomingEvent[]) => {
      if (events.some(({ event }) => event.customerId === 'poison')) throw broken;
      return shop.intake.acceptParsed(events);
    };
    const group = createGroupCommit({ acceptParsed }, { transactions: 1 });
    const people = ['a', 'b', 'poison', 'c', 'd'];
    const answers = await Promise.allSettled(people.map((person) => group.accept(cart(person))));
    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true]);
  });

  it.each([
    ['that is shutting down', sqlState('57P01')],
    ['that is read-only', sqlState('25006')],
    ['that refuses connections', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['whose connection broke', new Error('Connection terminated unexpectedly')],
  ])('does not ask a database %s once for every event', async (_, away) => {
    let calls = 0;
    const acceptParsed = async () => {
      calls += 1;
      throw away;
    };
    const group = createGroupCommit({ acceptParsed }, { transactions: 1 });
    const answers = await Promise.allSettled(
      Array.from({ length: 500 }, (__, index) => group.accept(cart(`c-${index}`))),
    );
    expect(answers.every((answer) => answer.status === 'rejected' && answer.reason === away)).toBe(true);
    expect(calls).toBe(2);
  });

  it('stops trying parts of a group once the database has gone away', async () => {
    const errors = [sqlState('22P05')];
    let calls = 0;
    const acceptParsed = async () => {
      calls += 1;
      throw errors.shift() ?? sqlState('57P01');
    };
    const group = createGroupCommit({ acceptParsed }, { transactions: 1 });
    void group.accept(cart('first')).catch(() => undefined);
    await Promise.allSettled(Array.from({ length: 100 }, (__, index) => group.accept(cart(`c-${index}`))));
    expect(calls).toBeLessThan(5);
  });

  it('refuses an event beyond those that may wait, to be sent again, and forgets none that wait', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const acceptParsed = async (events: readonly IncomingEvent[]) => {
      await held;
      return shop.intake.acceptParsed(events);
    };
    const group = createGroupCommit({ acceptParsed }, { transactions: 1, mostWaiting: 3 });
    const kept = ['under-way', 'a', 'b', 'c'].map((person) => group.accept(cart(person)));
    await expect(group.accept(cart('d'))).rejects.toMatchObject({
      code: 'temporarily-unavailable',
      retryable: true,
    });
    letGo();
    expect((await Promise.all(kept)).map(({ status }) => status)).toEqual(Array(4).fill('accepted'));
    expect(await group.accept(cart('d'))).toMatchObject({ status: 'accepted' });
  });
});
