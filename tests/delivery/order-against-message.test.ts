import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIntake } from '../../intake/create-intake.ts';
import { turnstile } from '../kit/turnstile.ts';
import { openDeliveryShop, requestOf, tenOClock, type DeliveryShop } from './delivery-shop.ts';
import { abandonedCart } from '../../workflows/journeys/abandoned-cart.ts';

let shop: DeliveryShop;
let intake: ReturnType<typeof createIntake>;

beforeAll(async () => {
  shop = await openDeliveryShop();
  intake = createIntake({ db: shop.db, journeys: [abandonedCart.definition], clock: shop.clock });
});
afterAll(() => shop.close());

let count = 0;
const occurredAt = new Date(tenOClock - 60_000).toISOString();

/** A customer whose cart has begun a journey. */
async function shopper() {
  const customerId = `shopper-${count++}`;
  const event = (type: string, data: object) => ({ id: `e-${count++}`, type, occurredAt, customerId, data });
  await intake.accept([
    event('customer.subscribed', { source: 'test', email: `${customerId}@example.com` }),
    event('consent.changed', { channel: 'email', purpose: 'marketing', state: 'granted', basis: 'test' }),
    event('cart.updated', {
      cartId: customerId,
      items: [{ variant: 'v', quantity: 1, price: { amount: 100, currency: 'GBP' } }],
    }),
  ]);
  const { id, customer_id } = await shop.db
    .selectFrom('enrolments as e')
    .innerJoin('customers as c', 'c.id', 'e.customer_id')
    .select(['e.id', 'e.customer_id'])
    .where('c.external_id', '=', customerId)
    .executeTakeFirstOrThrow();
  const order = event('order.placed', {
    orderId: customerId,
    lines: [],
    total: { amount: 100, currency: 'GBP' },
  });
  return { enrolment: id, customer: customer_id, order };
}

describe('an order and a message at the same time', () => {
  it('the order waits for a message that is at its point of no return', async () => {
    const { customer, order } = await shopper();
    const [locked, done] = [turnstile(), turnstile()];
    const crossing = shop.db.transaction().execute(async (trx) => {
      await sql`select id from customers where id = ${customer}::uuid for no key update`.execute(trx);
      locked.open();
      await done.passed;
    });
    await locked.passed;
    const accepting = intake.accept([order]);
    expect(await Promise.race([accepting, sleep(400, 'waits')])).toBe('waits');
    done.open();
    await crossing;
    expect(await accepting).toMatchObject([{ status: 'accepted' }]);
  });

  it('nothing leaves once an order is accepted, however close they come', async () => {
    const shoppers = await Promise.all(Array.from({ length: 60 }, shopper));
    const acceptedBefore = new Set<string>();
    const late: string[] = [];
    await Promise.all(
      shoppers.map(async ({ enrolment, order }, index) => {
        await sleep((index % 5) * 3);
        const accepting = intake.accept([order]).then(() => acceptedBefore.add(enrolment));
        await sleep((index % 7) * 4);
        const isTooLate = acceptedBefore.has(enrolment);
        const [outcome] = await shop.deliver([requestOf(enrolment)]);
        if (isTooLate && outcome?.status === 'sent') late.push(enrolment);
        await accepting;
        const [again] = await shop.deliver([requestOf(enrolment, { step: 'reminder#2' })]);
        expect(again).toEqual({ status: 'skipped', reason: 'journey-ended' });
      }),
    );
    expect(late).toEqual([]);
  });
});
