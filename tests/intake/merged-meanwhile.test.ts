import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../domain/journey.ts';
import { lockCustomers } from '../../store/customers.ts';
import { mergeCustomers } from '../../store/merge-customers.ts';
import { abandonedCart, heart, journeys, minutes, openShop, type Shop } from './shop.ts';

const birthday = {
  name: 'birthday',
  version: 1,
  startsOn: { date: 'birthday', at: '09:00' },
  key: ({ customer, year }) => `${customer} ${year}`,
  endsOn: [],
  reentry: 'once-per-key',
} satisfies JourneyDefinition<{ date: string; at: string }, never>;

const thanks = {
  name: 'thanks',
  version: 1,
  startsOn: 'customer.subscribed',
  key: ({ customer }) => customer,
  endsOn: [],
  reentry: 'when-ended',
} satisfies JourneyDefinition<'customer.subscribed', never>;

let shop: Shop;
let d: string;
let c: string;

beforeEach(async () => {
  shop = await openShop(journeys(abandonedCart, birthday, thanks));
  await shop.tell(subscribed('d'), subscribed('c'));
  [d, c] = [await idOf('d'), await idOf('c')];
});
afterEach(async () => {
  await shop.close();
});

const subscribed = (customerId: string) =>
  shop.event('customer.subscribed', { source: 'form' }, { customerId });
const idOf = async (value: string): Promise<string> =>
  (
    await shop.db
      .selectFrom('customer_identities')
      .select('customer_id')
      .where('value', '=', value)
      .executeTakeFirstOrThrow()
  ).customer_id;
const entered = async (journey: string) =>
  shop.db
    .selectFrom('enrolments')
    .select(['customer_id', 'key', 'state'])
    .where('journey', '=', journey)
    .orderBy('opened_at')
    .orderBy('entry')
    .execute();
const arrival = (customer: string) => ({
  journey: 'birthday',
  customer,
  fact: { customer, date: 'birthday', year: 2026, at: shop.now() },
});

/** Merges `d` into `c` and commits only after `meanwhile` has met the locks. */
async function merging<T>(meanwhile: () => Promise<T>): Promise<T> {
  const under = await shop.db.transaction().execute(async (trx) => {
    await lockCustomers(trx, [d, c]);
    await mergeCustomers(trx, { from: d, into: c, at: shop.now(), event: 'merge' });
    const answer = meanwhile();
    await pause(200);
    return { answer };
  });
  return under.answer;
}

describe('somebody who is merged while the clock brings them', () => {
  it('enters as the customer who stays', async () => {
    await merging(() => shop.intake.openEnrolments([arrival(d)]));
    expect(await entered('birthday')).toEqual([{ customer_id: c, key: `${c} 2026`, state: 'open' }]);
  });

  it('does not enter twice when both were found', async () => {
    await shop.tell(shop.event('customer.merged', { from: 'd', into: 'c' }));
    const notes = await shop.intake.openEnrolments([arrival(d), arrival(c)]);
    expect(notes).toMatchObject([{ effect: 'opened' }, { because: 'still-running' }]);
    expect(await entered('birthday')).toHaveLength(1);
  });

  it('does not enter as somebody else when nobody is merged', async () => {
    await shop.intake.openEnrolments([arrival(d)]);
    expect(await entered('birthday')).toEqual([{ customer_id: d, key: `${d} 2026`, state: 'open' }]);
  });
});

describe('somebody who is merged while a finished run is closed', () => {
  it('enters again as the customer who stays', async () => {
    const { id } = await shop.db
      .selectFrom('enrolments')
      .select('id')
      .where('customer_id', '=', d)
      .executeTakeFirstOrThrow();
    shop.wait(minutes(1));
    const again = subscribed('d');
    await shop.tell(again);
    await merging(() => shop.intake.reroute(id, again.id));
    const passages = await entered('thanks');
    expect(passages.map(({ customer_id }) => customer_id)).toEqual([c, c]);
    // Their own passage is still running: nobody is in a journey twice.
    expect(await shop.notes(again)).toMatchObject([
      { because: 'still-running' },
      { because: 'still-running' },
    ]);
    expect(passages.filter(({ state }) => state === 'open')).toHaveLength(1);
  });
});

describe('a device that is first seen while its customer is merged', () => {
  it('belongs to the customer who stays, with the cart', async () => {
    const cart = (customerId: string, cartId: string, anonymousId: string) =>
      shop.event('cart.updated', { cartId, items: [heart] }, { customerId, anonymousId });
    await merging(() => shop.tell(cart('c', 'hers', 'phone'), cart('d', 'his', 'tablet')));
    expect([await idOf('phone'), await idOf('tablet')]).toEqual([c, c]);
    const owners = await shop.db.selectFrom('carts').select('customer_id').distinct().execute();
    expect(owners).toEqual([{ customer_id: c }]);
  });

  it('does not lead to a customer who is gone, even when it was given to them', async () => {
    await shop.tell(shop.event('customer.merged', { from: 'd', into: 'c' }));
    await shop.db
      .insertInto('customer_identities')
      .values({ kind: 'anonymous', value: 'stray', customer_id: d })
      .execute();
    const cart = shop.event('cart.updated', { cartId: '7', items: [heart] }, { anonymousId: 'stray' });
    await shop.tell(cart);
    expect(await entered('abandoned-cart')).toMatchObject([{ customer_id: c, state: 'open' }]);
  });
});
