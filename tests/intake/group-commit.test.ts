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

  it('finds the one event that its transaction stumbles over', async () => {
    const acceptParsed = async (events: readonly IncomingEvent[]) => {
      if (events.some(({ event }) => event.customerId === 'poison')) throw new Error('It cannot be done.');
      return shop.intake.acceptParsed(events);
    };
    const group = createGroupCommit({ acceptParsed }, { transactions: 1 });
    const people = ['a', 'b', 'poison', 'c', 'd'];
    const answers = await Promise.allSettled(people.map((person) => group.accept(cart(person))));
    expect(answers.map(({ status }) => status === 'fulfilled')).toEqual([true, true, false, true, true]);
  });
});
