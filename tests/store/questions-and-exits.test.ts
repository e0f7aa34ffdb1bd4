import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { question } from '../../domain/questions.ts';
import { answerQuestion } from '../../store/answer-question.ts';
import { timestamp } from '../../store/database.ts';
import { closeFinished } from '../../store/enrolments.ts';
import { newId } from '../../store/new-id.ts';
import { closeEnrolments, recordExit } from '../../store/record-exit.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

const now = Date.UTC(2026, 2, 2, 12);
const hour = 3_600_000;
const home = { timeZone: 'Asia/Seoul' };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
}, 60_000);
afterAll(() => database.close());

async function someone(
  where: { country?: string; time_zone?: string; time_zone_source?: 'stated' } = {},
): Promise<string> {
  const id = randomUUID();
  await database.db
    .insertInto('customers')
    .values({ id, created_at: timestamp(now), ...where })
    .execute();
  return id;
}

async function enrolmentOf(customer: string, sealReason: string | null = null): Promise<string> {
  const id = randomUUID();
  await database.db
    .insertInto('enrolments')
    .values({
      id,
      journey: 'abandoned-cart',
      version: 1,
      key: id,
      entry: 1,
      customer_id: customer,
      opened_at: timestamp(now),
      due_at: timestamp(now),
      fact: '{}',
    })
    .execute();
  if (sealReason !== null) {
    await database.db
      .updateTable('enrolments')
      .set({ state: 'sealed', seal_reason: sealReason })
      .where('id', '=', id)
      .execute();
  }
  return id;
}

async function cartOf(customer: string): Promise<string> {
  const id = randomUUID();
  await database.db
    .insertInto('carts')
    .values({
      id,
      customer_id: customer,
      cart_id: id,
      cycle: 1,
      items: JSON.stringify([{ variant: 'a', quantity: 2, price: { amount: 255, currency: 'GBP' } }]),
      opened_at: timestamp(now - 5 * hour),
      last_activity_at: timestamp(now - hour),
      checkout_at: timestamp(now - hour),
    })
    .execute();
  return id;
}

async function order(customer: string, placedAt: number): Promise<void> {
  const id = randomUUID();
  await database.db
    .insertInto('orders')
    .values({ id, order_id: id, customer_id: customer, state: 'placed', placed_at: timestamp(placedAt) })
    .execute();
}

describe('a question', () => {
  it('about a cart is answered with its last activity and its state', async () => {
    const customer = await someone();
    const cart = await cartOf(customer);
    const asking = { enrolment: await enrolmentOf(customer), now, home };
    expect(await answerQuestion(database.db, question('cart.last-activity', { cart }), asking)).toBe(
      now - hour,
    );
    expect(await answerQuestion(database.db, question('cart.status', { cart }), asking)).toEqual({
      state: 'open',
      items: 1,
      checkoutStarted: true,
      superseded: false,
    });
  });

  it('about a cart that is gone says that it has been idle for ever', async () => {
    const asking = { enrolment: await enrolmentOf(await someone()), now, home };
    const cart = randomUUID();
    expect(await answerQuestion(database.db, question('cart.last-activity', { cart }), asking)).toBe(0);
    expect(await answerQuestion(database.db, question('cart.status', { cart }), asking)).toMatchObject({
      state: 'expired',
      items: 0,
    });
  });

  it('about orders counts those of whoever the enrolment belongs to now, in that time', async () => {
    const [before, after] = [await someone(), await someone()];
    const enrolment = await enrolmentOf(before);
    await order(before, now - hour);
    await order(after, now - 2 * hour);
    await order(after, now - hour);
    await order(after, now - 9 * hour);
    await order(after, now + hour);
    await database.db
      .updateTable('enrolments')
      .set({ customer_id: after })
      .where('id', '=', enrolment)
      .execute();

    const orders = question('customer.orders', { since: now - 5 * hour });
    expect(await answerQuestion(database.db, orders, { enrolment, now, home })).toEqual({
      count: 2,
      lastAt: now - hour,
    });
  });

  it('about orders of somebody without any says none', async () => {
    const enrolment = await enrolmentOf(await someone());
    const orders = question('customer.orders', { since: 0 });
    expect(await answerQuestion(database.db, orders, { enrolment, now, home })).toEqual({ count: 0 });
  });
});

describe('the recap of a season', () => {
  it.each([
    [
      'of the zone that was stated',
      { country: 'KR', time_zone: 'Europe/Paris', time_zone_source: 'stated' },
      9,
    ],
    ['of the country, when no zone was', { country: 'GB' }, 10],
    ['of the shop, when nothing is known', {}, 1],
  ] as const)('comes at ten in the morning on the clock %s', async (_, where, hourOfUtc) => {
    const enrolment = await enrolmentOf(await someone(where));
    const season = question('season.instants', { season: 'christmas-2025-12-25' });
    const { overAt, recapAt, offerAt } = await answerQuestion(database.db, season, { enrolment, now, home });
    const hoursOfDay = [overAt, recapAt, offerAt].map((instant) => new Date(instant).getUTCHours());
    expect(hoursOfDay).toEqual([(hourOfUtc + 14) % 24, hourOfUtc, hourOfUtc]);
  });
});

describe('an exit', () => {
  const rowOf = (enrolment: string) =>
    database.db
      .selectFrom('enrolments')
      .select(['state', 'exit_reason', 'exited_at'])
      .where('id', '=', enrolment)
      .executeTakeFirstOrThrow();

  it('closes the enrolment with the reason of its story', async () => {
    const enrolment = await enrolmentOf(await someone());
    await recordExit(database.db, { enrolment, reason: 'not-recovered', at: now });
    expect(await rowOf(enrolment)).toEqual({ state: 'closed', exit_reason: 'not-recovered', exited_at: now });
  });

  it('of a sealed enrolment keeps the reason of the seal', async () => {
    const enrolment = await enrolmentOf(await someone(), 'order.placed');
    await recordExit(database.db, { enrolment, reason: 'journey-ended', at: now });
    expect(await rowOf(enrolment)).toMatchObject({ state: 'closed', exit_reason: 'order.placed' });
  });

  it('recorded twice does not change', async () => {
    const enrolment = await enrolmentOf(await someone());
    await recordExit(database.db, { enrolment, reason: 'not-recovered', at: now });
    await recordExit(database.db, { enrolment, reason: 'cancelled', at: now + hour });
    expect(await rowOf(enrolment)).toEqual({ state: 'closed', exit_reason: 'not-recovered', exited_at: now });
  });

  it('of one that was sealed before its run began was at that instant', async () => {
    const [early, late] = [
      await enrolmentOf(await someone(), 'order.placed'),
      await enrolmentOf(await someone(), 'order.placed'),
    ];
    const sealed = database.db.updateTable('enrolments').set({ sealed_at: timestamp(now - hour) });
    await sealed.where('id', 'in', [early, late]).execute();
    await database.db
      .updateTable('enrolments')
      .set({ dispatched_at: timestamp(now - 2 * hour) })
      .where('id', '=', late)
      .execute();
    const exit = { reason: 'sealed', at: now, home };
    expect([...(await closeEnrolments(database.db, [early, late], exit))].sort()).toEqual(
      [early, late].sort(),
    );
    expect(await closeEnrolments(database.db, [early, late], exit)).toEqual([]);
    expect(await rowOf(early)).toMatchObject({ exit_reason: 'order.placed', exited_at: now - hour });
    expect(await rowOf(late)).toMatchObject({ exit_reason: 'order.placed', exited_at: now });
  });

  const deliveryOf = async (enrolment: string, customer: string, state: 'deferred' | 'accepted') => {
    const id = newId();
    await database.db
      .insertInto('deliveries')
      .values({
        id,
        send_key: id,
        enrolment_id: enrolment,
        customer_id: customer,
        journey: 'abandoned-cart',
        version: 1,
        step: 'cart-reminder#1',
        message: 'cart-reminder',
        purpose: 'marketing',
        class: 'once',
        state,
        due_at: timestamp(now),
        useful_until: timestamp(now + hour),
        deferred_until: state === 'deferred' ? timestamp(now + hour) : null,
        decided_at: timestamp(now),
      })
      .execute();
    return () =>
      database.db
        .selectFrom('deliveries')
        .select(['state', 'reason', 'settled_at', 'deferred_until'])
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
  };

  it.each([
    [
      'recorded by its run',
      (enrolment: string) => recordExit(database.db, { enrolment, reason: 'not-recovered', at: now }),
    ],
    [
      'found out by the dispatcher',
      (enrolment: string) => database.db.transaction().execute((trx) => closeFinished(trx, enrolment, now)),
    ],
  ] as const)('%s settles what still waits, and nothing else', async (_, close) => {
    const customer = await someone();
    const enrolment = await enrolmentOf(customer);
    const waiting = await deliveryOf(enrolment, customer, 'deferred');
    const gone = await deliveryOf(enrolment, customer, 'accepted');
    const other = await deliveryOf(await enrolmentOf(customer), customer, 'deferred');
    await close(enrolment);
    expect(await waiting()).toEqual({
      state: 'skipped',
      reason: 'journey-ended',
      settled_at: now,
      deferred_until: null,
    });
    expect(await gone()).toMatchObject({ state: 'accepted', settled_at: null });
    expect(await other()).toMatchObject({ state: 'deferred', settled_at: null });
  });

  it('found out by the dispatcher tells what was closed, once', async () => {
    const customer = await someone();
    const enrolment = await enrolmentOf(customer);
    const close = () => database.db.transaction().execute((trx) => closeFinished(trx, enrolment, now));
    expect(await close()).toMatchObject({ id: enrolment, customer, state: 'closed', sealReason: null });
    expect(await close()).toBeUndefined();
    expect(await rowOf(enrolment)).toMatchObject({ exit_reason: 'run-finished', exited_at: now });
  });

  it('does not touch other enrolments', async () => {
    const [enrolment, other] = [await enrolmentOf(await someone()), await enrolmentOf(await someone())];
    await recordExit(database.db, { enrolment, reason: 'not-recovered', at: now });
    expect(await rowOf(other)).toMatchObject({ state: 'open', exit_reason: null });
  });
});
