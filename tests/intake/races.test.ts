import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIntake, type Intake } from '../../intake/create-intake.ts';
import { openDatabase, type Database } from '../../store/database.ts';
import {
  abandonedCart,
  abandonedCheckout,
  heart,
  journeys,
  minutes,
  openShop,
  order,
  type Around,
  type Shop,
} from './shop.ts';

let shop: Shop;
let otherDb: Database;
let other: Intake;

beforeEach(async () => {
  shop = await openShop();
  otherDb = openDatabase({ url: shop.url });
  other = createIntake({
    db: otherDb,
    journeys: journeys(abandonedCart, abandonedCheckout),
    clock: { now: shop.now },
  });
});
afterEach(async () => {
  await otherDb.destroy();
  await shop.close();
});

describe('two processes that accept at once', () => {
  it('let an event have its effect once, and both answer', async () => {
    const cart = shop.event('cart.updated', { cartId: '7', items: [heart] });
    const answers = await Promise.all([
      shop.intake.accept([cart]),
      other.accept([cart]),
      shop.intake.accept([cart]),
    ]);
    expect(answers.flat().filter(({ status }) => status === 'accepted')).toHaveLength(1);
    expect(await shop.enrolments()).toHaveLength(1);
    expect(await shop.db.selectFrom('outbox').selectAll().execute()).toHaveLength(1);
  });

  it('make one customer of a name that both see for the first time', async () => {
    const carts = Array.from({ length: 8 }, (_, index) =>
      shop.event('cart.updated', { cartId: `cart-${index}`, items: [heart] }),
    );
    await Promise.all(carts.map((cart, index) => (index % 2 === 0 ? shop.intake : other).accept([cart])));
    expect(await shop.db.selectFrom('customers').selectAll().execute()).toHaveLength(1);
  });

  it('do not lock each other out with the same events in other orders', async () => {
    const events = Array.from({ length: 40 }, (_, index) =>
      shop.event(
        'cart.updated',
        { cartId: `cart-${index}`, items: [heart] },
        { customerId: `c-${index % 10}` },
      ),
    );
    await Promise.all([
      shop.intake.accept(events),
      other.accept(events.toReversed()),
      shop.intake.accept(events.slice(10).toReversed()),
      other.accept(events.slice(0, 30)),
    ]);
    expect(
      await shop.db.selectFrom('events').where('type', '=', 'cart.updated').selectAll().execute(),
    ).toHaveLength(40);
  });

  it('do not let an order miss the cart whose transaction is open', async () => {
    for (let round = 0; round < 15; round += 1) {
      const customerId = `c-${round}`;
      const cart = shop.event('cart.updated', { cartId: `cart-${round}`, items: [heart] }, { customerId });
      const placed = shop.event('order.placed', order(`o-${round}`), { customerId });
      await Promise.all([shop.intake.accept([cart]), other.accept([placed])]);
    }
    expect((await shop.enrolments()).filter(({ state }) => state === 'open')).toEqual([]);
  });

  it('do not let a merge miss what the guest does meanwhile', async () => {
    for (let round = 0; round < 10; round += 1) {
      const who = { anonymousId: `device-${round}` };
      const customerId = `c-${round}`;
      await shop.tell(shop.event('cart.updated', { cartId: `cart-${round}`, items: [heart] }, who));
      await Promise.all([
        shop.intake.accept([shop.event('customer.identified', { ...who, customerId }, { customerId })]),
        other.accept([shop.event('order.placed', order(`o-${round}`), { customerId })]),
        other.accept([shop.event('cart.updated', { cartId: `cart-${round}`, items: [heart] }, who)]),
      ]);
    }
    expect((await shop.enrolments()).filter(({ state }) => state === 'open')).toEqual([]);
    const carts = await shop.db
      .selectFrom('carts')
      .innerJoin('customers', 'customers.id', 'carts.customer_id')
      .select('customers.state')
      .execute();
    expect(new Set(carts.map(({ state }) => state))).toEqual(new Set(['active']));
  });
});

/** One thing that somebody does, as numbers that shrink. */
const doing = fc.record({
  kind: fc.constantFrom('cart', 'cart', 'checkout', 'order', 'order-of-cart', 'identify', 'empty'),
  person: fc.nat({ max: 2 }),
  guest: fc.boolean(),
  cart: fc.nat({ max: 2 }),
  /** Minutes that it arrives late. */
  late: fc.nat({ max: 20 }),
});

type Doing = typeof doing extends fc.Arbitrary<infer D> ? D : never;

function eventOf(one: Doing, { index, run, start }: { index: number; run: string; start: number }): Around {
  const occurredAt = new Date(start + minutes(index - one.late)).toISOString();
  const customerId = `${run}-person-${one.person}`;
  const anonymousId = `${run}-device-${one.person}`;
  const who = { occurredAt, ...(one.guest && one.kind !== 'identify' ? { anonymousId } : { customerId }) };
  const cartId = `${run}-cart-${one.person}-${one.cart}`;
  switch (one.kind) {
    case 'cart':
      return shop.event('cart.updated', { cartId, items: [heart] }, who);
    case 'checkout':
      return shop.event('checkout.started', { checkoutId: 'k', cartId }, who);
    case 'order':
      return shop.event('order.placed', order(`${run}-order-${index}`), who);
    case 'order-of-cart':
      return shop.event('order.placed', order(`${run}-order-${index}`, cartId), who);
    case 'empty':
      return shop.event('cart.emptied', { cartId }, who);
    case 'identify':
      return shop.event('customer.identified', { anonymousId, customerId }, who);
  }
}

describe('any history, told by two processes at once', () => {
  it('leaves nothing open that an order accepted later or happening later has ended, and every passage once', async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(doing, { minLength: 1, maxLength: 14 }), async (history) => {
        const run = `run-${(count += 1)}`;
        const start = shop.now() - minutes(20);
        const events = history.map((one, index) => eventOf(one, { index, run, start }));
        const [mine, theirs] = [
          events.filter((_, index) => index % 2 === 0),
          events.filter((_, index) => index % 2 === 1),
        ];
        await Promise.all([tellAll(shop.intake, mine), tellAll(other, theirs), tellAll(other, mine)]);
        await expectOneVoice(run);
        await expectQuiet(history, run);
      }),
      { numRuns: 40, endOnFailure: false },
    );
  });

  async function tellAll(intake: Intake, events: readonly Around[]): Promise<void> {
    for (let from = 0; from < events.length; from += 2) await intake.accept(events.slice(from, from + 2));
  }

  /** One cart speaks for a person, and none that an order of that person has overtaken. */
  async function expectOneVoice(run: string): Promise<void> {
    const { rows: voices } = await sql`
      with people as (select distinct customer_id from customer_identities where value like ${`${run}-%`})
      select customer_id, array_agg(journey || ' ' || key) as open
      from enrolments join people using (customer_id)
      where state = 'open'
      group by customer_id
      having count(*) > 1
    `.execute(shop.db);
    expect(voices).toEqual([]);
    const { rows: overtaken } = await sql`
      with people as (select distinct customer_id from customer_identities where value like ${`${run}-%`})
      select enrolments.id
      from enrolments join people using (customer_id)
      join events on events.customer_id = enrolments.customer_id and events.type = 'order.placed'
      where enrolments.state = 'open'
        and events.occurred_at >= to_timestamp((enrolments.fact ->> 'at')::double precision / 1000)
    `.execute(shop.db);
    expect(overtaken).toEqual([]);
  }

  /** After a last order of each person, told under each of their names, nothing may be open for them. */
  async function expectQuiet(history: readonly Doing[], run: string): Promise<void> {
    for (const person of new Set(history.map((one) => one.person))) {
      const names = [{ customerId: `${run}-person-${person}` }, { anonymousId: `${run}-device-${person}` }];
      for (const [index, name] of names.entries()) {
        await shop.tell(shop.event('order.placed', order(`${run}-last-${person}-${index}`), name));
      }
    }
    const { rows: open } = await sql`
      with people as (select distinct customer_id from customer_identities where value like ${`${run}-%`})
      select journey, key from enrolments join people using (customer_id) where state = 'open'
    `.execute(shop.db);
    expect(open).toEqual([]);
    const live = await shop.db
      .selectFrom('enrolments')
      .select(['journey', 'key', 'entry', (eb) => eb.fn.countAll<number>().as('count')])
      .groupBy(['journey', 'key', 'entry'])
      .having((eb) => eb.fn.countAll(), '>', 1)
      .execute();
    expect(live).toEqual([]);
    const starts = await shop.db
      .selectFrom('outbox')
      .select(['enrolment_id', (eb) => eb.fn.countAll<number>().as('count')])
      .where('kind', '=', 'start')
      .groupBy('enrolment_id')
      .having((eb) => eb.fn.countAll(), '>', 1)
      .execute();
    expect(starts).toEqual([]);
  }
});
