import fc from 'fast-check';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heart, minutes, monday, mug, openShop, type Around, type Shop } from './shop.ts';

let shop: Shop;

beforeEach(async () => {
  shop = await openShop([]);
});
afterEach(async () => {
  await shop.close();
});

const gbp = (amount: number) => ({ amount, currency: 'GBP' });

/** Everything that may be told of one order, with two lines of one variant, parcels told in part, and edits. */
function toldOf(orderId: string): Around[] {
  const unit = { variant: heart.variant, quantity: 1 };
  const said = [
    [
      'order.placed',
      {
        orderId,
        total: gbp(2210),
        lines: [
          { line: 'a', ...heart, quantity: 2 },
          { line: 'b', ...mug, quantity: 2 },
          { line: 'c', ...heart, quantity: 1, gift: true },
        ],
      },
    ],
    ['order.paid', { orderId }],
    ['order.refunded', { orderId, amount: gbp(255), lines: [{ line: 'c', ...unit }] }],
    ['order.refunded', { orderId, amount: gbp(255), lines: [unit] }],
    ['order.cancelled', { orderId }],
    ['shipment.created', { orderId, shipmentId: 's-1', lines: [{ variant: heart.variant, quantity: 2 }] }],
    ['shipment.in_transit', { orderId, shipmentId: 's-1', lines: [unit], eta: '2026-03-09T12:00:00Z' }],
    ['shipment.delayed', { orderId, shipmentId: 's-1', eta: '2026-03-10T12:00:00Z' }],
    ['shipment.delivered', { orderId, shipmentId: 's-1' }],
    ['shipment.out_for_delivery', { orderId, shipmentId: 's-2' }],
    ['shipment.delivered', { orderId, shipmentId: 's-3', lines: [{ line: 'b', variant: 'x', quantity: 9 }] }],
    ['return.opened', { orderId, returnId: 'r-1', lines: [unit] }],
    ['return.received', { orderId, returnId: 'r-1', lines: [{ variant: mug.variant, quantity: 1 }] }],
    ['return.closed', { orderId, returnId: 'r-1' }],
    ['feedback.submitted', { orderId, score: 4 }],
    ['feedback.submitted', { orderId, score: 2 }],
    ['review.submitted', { orderId, reviewId: `review-${orderId}`, stars: 5, line: 'a' }],
    ['review.submitted', { orderId, reviewId: `review-${orderId}`, stars: 3, line: 'b' }],
    ['complaint.opened', { id: `complaint-${orderId}`, topic: 'late' }],
    ['complaint.closed', { id: `complaint-${orderId}` }],
  ] as const;
  return said.map(([type, data], index) => ({
    id: `${orderId}-${index}`,
    type,
    customerId: 'c',
    // Two at a time, so that ties are met as well.
    occurredAt: new Date(monday - minutes(60 - Math.floor(index / 2))).toISOString(),
    data,
  }));
}

/** What is known of the order, without our own random ids. */
async function known(orderId: string): Promise<unknown> {
  const { rows } = await sql<{ what: unknown }>`
    with one as (select * from orders where order_id = ${orderId})
    select jsonb_build_object(
      'order', (select to_jsonb(o) - 'id' - 'order_id' - 'customer_id' from one o),
      'lines', (select jsonb_agg(to_jsonb(l) - 'order_id' order by line) from order_lines l where order_id = (select id from one)),
      'shipments', (select jsonb_agg(to_jsonb(s) - 'id' - 'order_id' order by shipment_id) from shipments s where order_id = (select id from one)),
      'returns', (select jsonb_agg(to_jsonb(r) - 'id' - 'order_id' order by return_id) from returns r where order_id = (select id from one)),
      'refunds', (select jsonb_agg(to_jsonb(r) - 'id' - 'order_id' order by lines::text) from refunds r where order_id = (select id from one)),
      'feedback', (select to_jsonb(f) - 'order_id' from feedback f where order_id = (select id from one)),
      'reviews', (select jsonb_agg(to_jsonb(r) - 'id' - 'order_id' - 'customer_id' - 'review_id') from reviews r where order_id = (select id from one)),
      'complaint', (select to_jsonb(c) - 'id' - 'customer_id' - 'complaint_id' from complaints c where complaint_id = 'complaint-' || ${orderId})
    ) as what
  `.execute(shop.db);
  return rows[0]?.what;
}

describe('the events of one order', () => {
  it('make the same rows in whatever order, however often and in however many calls they arrive', async () => {
    await shop.tell(...toldOf('told-in-order'));
    const expected = await known('told-in-order');
    expect(expected).toMatchObject({
      lines: [{ line: 1 }, { line: 2 }, { line: 3 }],
      feedback: { score: 2 },
    });
    const told = toldOf('x').length;
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...Array(told).keys()], { minLength: told }),
        fc.array(fc.nat(told - 1), { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
        async (places, repeated, sizes) => {
          run += 1;
          const orderId = `shuffled-${run}`;
          const events = toldOf(orderId);
          const arrivals = [...places, ...repeated].flatMap((place) => events[place] ?? []);
          for (let from = 0, call = 0; from < arrivals.length; call += 1) {
            const size = sizes[call % sizes.length] ?? 1;
            await shop.tell(...arrivals.slice(from, from + size));
            from += size;
          }
          expect(await known(orderId)).toEqual(expected);
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);
});
