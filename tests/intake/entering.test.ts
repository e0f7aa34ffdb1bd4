import { afterEach, describe, expect, it } from 'vitest';
import type { JourneyDefinition } from '../../domain/journey.ts';
import { createIntake } from '../../intake/create-intake.ts';
import {
  abandonedCart,
  at,
  days,
  heart,
  hours,
  journeys,
  minutes,
  openShop,
  order,
  type Shop,
} from './shop.ts';

let shop: Shop;

afterEach(async () => {
  await shop.close();
});

/** A journey about orders of a customer, with the rule under test. */
const thanks = {
  name: 'thanks',
  version: 1,
  startsOn: 'order.paid',
  key: (paid) => paid.order,
  endsOn: ['order.cancelled'],
  reentry: 'once-per-key',
} satisfies JourneyDefinition<'order.paid', 'order.cancelled'>;

/** Entered once a day; ended by what becomes of the very order that it began with. */
const onceADay = {
  ...thanks,
  key: (order) => `${order.customer}/${order.day}`,
  concerns: { 'order.cancelled': (order, start) => order.order === start.order },
} satisfies JourneyDefinition<'order.paid', 'order.cancelled'>;

const perCustomer = {
  name: 'hello',
  version: 1,
  startsOn: 'customer.updated',
  key: ({ customer }) => customer,
  endsOn: ['order.placed'],
  reentry: 'once-per-key',
} satisfies JourneyDefinition<'customer.updated', 'order.placed'>;

const touched = (who = {}) => shop.event('customer.updated', {}, who);
const paid = (orderId = 'o-1') => shop.event('order.paid', { orderId });
const placed = (orderId = 'o-1') => shop.event('order.placed', order(orderId));
const effects = async (event: { id: string }) => shop.notes(event);

async function told(event: { id: string }) {
  await shop.tell(event);
  return effects(event);
}

describe('entering a journey', () => {
  it('once per key: not while it runs, and not after it is over', async () => {
    shop = await openShop(journeys(perCustomer));
    expect(await told(touched())).toMatchObject([{ effect: 'opened' }]);
    expect(await told(touched())).toMatchObject([{ because: 'still-running' }]);
    shop.wait(minutes(1));
    await shop.tell(placed());
    shop.wait(minutes(1));
    expect(await told(touched())).toMatchObject([{ because: 'already-entered' }]);
    expect(await told(touched({ customerId: 'd' }))).toMatchObject([{ effect: 'opened' }]);
  });

  it('when ended: again as soon as the last passage is over', async () => {
    shop = await openShop(journeys({ ...perCustomer, reentry: 'when-ended' }));
    await shop.tell(touched());
    expect(await told(touched())).toMatchObject([{ because: 'still-running' }]);
    shop.wait(minutes(1));
    await shop.tell(placed());
    shop.wait(minutes(1));
    expect(await told(touched())).toMatchObject([{ effect: 'opened' }]);
    expect((await shop.enrolments()).map(({ entry, state }) => ({ entry, state }))).toEqual([
      { entry: 1, state: 'sealed' },
      { entry: 2, state: 'open' },
    ]);
  });

  it('after a time: not before it has passed since the last passage began', async () => {
    shop = await openShop(journeys({ ...perCustomer, reentry: { after: '14 days' } }));
    await shop.tell(touched());
    shop.wait(minutes(1));
    await shop.tell(placed());
    shop.wait(days(13));
    expect(await told(touched())).toMatchObject([{ because: 'too-soon' }]);
    shop.wait(days(1));
    expect(await told(touched())).toMatchObject([{ effect: 'opened' }]);
  });

  it('once ever: whatever the key', async () => {
    shop = await openShop(journeys({ ...thanks, reentry: 'once-ever' }));
    await shop.tell(placed(), paid());
    const second = paid('o-2');
    expect(await told(second)).toMatchObject([{ because: 'entered-before' }]);
  });

  it('leaves business customers out, unless the journey includes them', async () => {
    shop = await openShop(journeys(perCustomer, { ...perCustomer, name: 'for-all', includesBusiness: true }));
    const business = shop.event('customer.updated', { kind: 'business' });
    expect(await told(business)).toMatchObject([
      { journey: 'hello', because: 'business-customer' },
      { journey: 'for-all', effect: 'opened' },
    ]);
  });

  it('takes events up to the age that the journey allows', async () => {
    shop = await openShop(journeys({ ...perCustomer, maximumAge: '1 hour' }));
    expect(await told(touched(at(shop.now() - hours(2))))).toMatchObject([{ because: 'too-old' }]);
    expect(await told(touched(at(shop.now() - minutes(59))))).toMatchObject([{ effect: 'opened' }]);
  });

  it('opens the newest version, and lets passages of older ones end by their own rules', async () => {
    shop = await openShop(journeys(perCustomer));
    await shop.tell(touched());
    const second = { ...perCustomer, version: 2, endsOn: [] };
    const upgraded = createIntake({
      db: shop.db,
      journeys: journeys(perCustomer, second),
      clock: { now: shop.now },
    });
    await upgraded.accept([touched({ customerId: 'd' })]);
    shop.wait(minutes(1));
    await upgraded.accept([placed(), shop.event('order.placed', order('o-2'), { customerId: 'd' })]);
    const rows = await shop.db
      .selectFrom('enrolments')
      .select(['version', 'state'])
      .orderBy('version')
      .execute();
    expect(rows).toEqual([
      { version: 1, state: 'sealed' },
      { version: 2, state: 'open' },
    ]);
  });
});

describe('what an event ends', () => {
  it('is the passage of its own key when both are about the same kind of thing', async () => {
    shop = await openShop(journeys(thanks));
    await shop.tell(placed('o-1'), paid('o-1'), placed('o-2'), paid('o-2'));
    shop.wait(minutes(1));
    await shop.tell(shop.event('order.cancelled', { orderId: 'o-1' }));
    expect((await shop.enrolments()).map(({ state }) => state).sort()).toEqual(['open', 'sealed']);
  });

  it('is what the journey says, where it says so', async () => {
    const ofThisCart = {
      ...abandonedCart,
      matches: { 'order.placed': (fact: { cycle?: string }) => fact.cycle },
    };
    shop = await openShop(journeys(ofThisCart));
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart] }));
    shop.wait(minutes(1));
    await shop.tell(placed('elsewhere'));
    expect(await shop.enrolments()).toMatchObject([{ state: 'open' }]);
    await shop.tell(shop.event('order.placed', order('o-2', '7')));
    expect(await shop.enrolments()).toMatchObject([{ state: 'sealed' }]);
  });

  it('is the passage that began with what the journey compares it with, where it says so', async () => {
    shop = await openShop(journeys(onceADay));
    await shop.tell(placed('o-1'), paid('o-1'), placed('o-2'), paid('o-2'));
    shop.wait(hours(20));
    await shop.tell(shop.event('order.cancelled', { orderId: 'o-2' }));
    expect(await shop.enrolments()).toMatchObject([{ state: 'open' }]);
    await shop.tell(shop.event('order.cancelled', { orderId: 'o-1' }));
    expect(await shop.enrolments()).toMatchObject([{ state: 'sealed' }]);
  });

  it('is nothing that such a comparison says had ended already when the event came late', async () => {
    shop = await openShop(journeys(onceADay));
    await shop.tell(placed('o-1'), placed('o-2'));
    shop.wait(hours(1));
    await shop.tell(shop.event('order.cancelled', { orderId: 'o-1' }));
    await shop.tell({ ...paid('o-1'), ...at(shop.now() - hours(1)) });
    expect(await shop.enrolments()).toEqual([]);
    await shop.tell({ ...paid('o-2'), ...at(shop.now() - hours(1)) });
    expect(await shop.enrolments()).toMatchObject([{ state: 'open' }]);
  });

  it('is also what events about nobody end, by key', async () => {
    const backInStock = {
      name: 'price-watch',
      version: 1,
      startsOn: 'product.viewed',
      key: ({ variant }) => variant,
      endsOn: ['price.dropped'],
      reentry: 'when-ended',
    } satisfies JourneyDefinition<'product.viewed', 'price.dropped'>;
    shop = await openShop(journeys(backInStock));
    await shop.tell(
      shop.event('product.viewed', { variant: 'a' }),
      shop.event('product.viewed', { variant: 'b' }),
    );
    shop.wait(minutes(1));
    const price = { amount: 100, currency: 'GBP' };
    await shop.tell(
      shop.event('price.dropped', { variant: 'a', old: price, new: price }, { customerId: undefined }),
    );
    const rows = await shop.db.selectFrom('enrolments').select(['key', 'state']).orderBy('key').execute();
    expect(rows).toEqual([
      { key: 'a', state: 'sealed' },
      { key: 'b', state: 'open' },
    ]);
  });
});

describe('a run that was found finished', () => {
  const answered = {
    ...abandonedCart,
    startsOn: 'cart.updated',
    wakesOn: ['cart.updated'],
    reentry: 'when-ended',
  };

  it('has its enrolment closed, and the event that found it may enter again', async () => {
    shop = await openShop(journeys(answered));
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart] }));
    shop.wait(minutes(1));
    const second = shop.event('cart.updated', { cartId: '7', items: [heart] });
    await shop.tell(second);
    const first = await shop.db.selectFrom('enrolments').select('id').executeTakeFirstOrThrow();
    await shop.intake.reroute(first.id, second.id);
    expect((await shop.enrolments()).map(({ entry, state }) => ({ entry, state }))).toEqual([
      { entry: 1, state: 'closed' },
      { entry: 2, state: 'open' },
    ]);
    expect(await shop.notes(second)).toMatchObject([
      { effect: 'woken' },
      { because: 'still-running' },
      { effect: 'opened' },
    ]);
  });

  it('does nothing more when the enrolment is closed already or was sealed', async () => {
    shop = await openShop(journeys(answered));
    await shop.tell(shop.event('cart.updated', { cartId: '7', items: [heart] }));
    shop.wait(minutes(1));
    const end = placed();
    await shop.tell(end);
    const first = await shop.db.selectFrom('enrolments').select('id').executeTakeFirstOrThrow();
    await shop.intake.reroute(first.id, end.id);
    await shop.intake.reroute(first.id, end.id);
    expect(await shop.enrolments()).toEqual([
      { journey: 'abandoned-cart', entry: 1, state: 'closed', because: 'order.placed' },
    ]);
  });
});

describe('arrivals that the clock brings', () => {
  const birthday = {
    name: 'birthday',
    version: 1,
    startsOn: { date: 'birthday', at: '09:00' },
    key: ({ customer, year }) => `${customer} ${year}`,
    endsOn: [],
    reentry: 'once-per-key',
  } satisfies JourneyDefinition<{ date: string; at: string }, never>;

  it('enter by the same rules, once', async () => {
    shop = await openShop(journeys(birthday));
    await shop.tell(touched());
    const { id: customer } = await shop.db.selectFrom('customers').select('id').executeTakeFirstOrThrow();
    const arrival = {
      journey: 'birthday',
      customer,
      fact: { date: 'birthday', year: 2026, at: shop.now(), customer },
    };
    expect(await shop.intake.openEnrolments([arrival, arrival])).toMatchObject([
      { effect: 'opened' },
      { because: 'still-running' },
    ]);
    expect(await shop.intake.openEnrolments([arrival])).toMatchObject([{ because: 'still-running' }]);
    expect(await shop.db.selectFrom('outbox').selectAll().execute()).toHaveLength(1);
  });
});

describe('what leaves for the engine', () => {
  it('holds nothing personal, whatever ids the shop uses', async () => {
    shop = await openShop();
    const canary = { customerId: 'canary@example.com' };
    await shop.tell(
      shop.event('customer.updated', { email: 'canary@example.com', givenName: 'Canary' }, canary),
      shop.event(
        'cart.updated',
        { cartId: 'canary-cart', items: [heart], url: 'https://shop.example/canary' },
        canary,
      ),
    );
    shop.wait(minutes(1));
    await shop.tell(shop.event('order.placed', order('canary-order', 'canary-cart'), canary));
    const rows = await shop.db.selectFrom('outbox').selectAll().execute();
    expect(rows).toHaveLength(2);
    expect(JSON.stringify(rows)).not.toContain('canary');
  });
});
