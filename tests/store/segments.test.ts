import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOf, anyOf, except, segment, type Segment } from '../../domain/segment.ts';
import { wordsForSegment } from '../../domain/segment-words.ts';
import { timestamp, type Database } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';
import { isInSegment } from '../../store/segments.ts';
import { hour, sayConsent, shopOf, tenOClock } from '../delivery/delivery-shop.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

const day = 24 * hour;
const now = tenOClock;

interface Ordered {
  readonly daysAgo: number;
  readonly amount?: number;
  readonly currency?: string;
  readonly refunded?: number;
  readonly state?: 'placed' | 'paid' | 'cancelled' | 'refunded';
  readonly variant?: string;
  readonly gift?: boolean;
}

let database: TestDatabase;
const people = new Map<string, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  const shop = shopOf(db);
  await db
    .insertInto('variants')
    .values({
      variant: 'tea',
      title: 'Tea',
      price_amount: null,
      price_currency: null,
      stock: null,
      image: null,
      url: null,
      category: 'food',
      supply_days: null,
      family: null,
      occurred_at: timestamp(now),
    })
    .execute();

  const meet = async (
    name: string,
    fields: Parameters<typeof shop.customer>[0],
    orders: readonly Ordered[],
  ) => {
    const id = await shop.customer(fields);
    people.set(id, name);
    for (const order of orders) await insertOrder(db, id, order);
    return id;
  };
  await meet('mina', { country: 'KR', locale: 'ko-KR' }, [{ daysAgo: 400, amount: 90_000, currency: 'KRW' }]);
  await meet('jae', { country: 'KR', locale: 'ko', consents: ['sms'] }, []);
  await meet('ann', { country: 'GB', locale: 'en', consents: ['email'] }, [
    { daysAgo: 3, amount: 30_000 },
    { daysAgo: 40, amount: 25_000, variant: 'tea' },
    { daysAgo: 50, amount: 99_000, state: 'cancelled' },
  ]);
  await meet('bob', { country: 'GB', consents: [] }, [
    { daysAgo: 10, amount: 60_000, refunded: 60_000, state: 'refunded' },
    { daysAgo: 20, amount: 1_000, variant: 'tea', gift: true },
  ]);
  const left = await meet('eve', { country: 'US', locale: 'en-US' }, [{ daysAgo: 1, state: 'placed' }]);
  await sayConsent(db, left, 'email', 'withdrawn', now - hour);
  await meet('corp', { country: 'GB', kind: 'business' }, []);
  const gone = await meet('erased', { country: 'KR', locale: 'ko' }, []);
  await db.updateTable('customers').set({ state: 'erased' }).where('id', '=', gone).execute();
});

afterAll(() => database.close());

async function insertOrder(db: Database, customer: string, order: Ordered): Promise<void> {
  const { daysAgo, amount = 5_000, currency = 'GBP', refunded = 0, state = 'paid', variant, gift } = order;
  const id = newId();
  const at = timestamp(now - daysAgo * day);
  await db
    .insertInto('orders')
    .values({
      id,
      order_id: id,
      customer_id: customer,
      cart_id: null,
      state,
      channel: null,
      market: null,
      total_amount: amount,
      total_currency: currency,
      refunded_amount: refunded,
      placed_at: at,
      paid_at: state === 'placed' ? null : at,
    })
    .execute();
  if (variant === undefined) return;
  await db
    .insertInto('order_lines')
    .values({
      order_id: id,
      line: 1,
      shop_line: null,
      variant,
      quantity: 1,
      price_amount: amount,
      price_currency: currency,
      gift: gift ?? false,
    })
    .execute();
}

async function members(wanted: Segment): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select c.id from customers c where ${isInSegment(wanted, now)}
  `.execute(database.db);
  return rows.map(({ id }) => people.get(id) ?? id).sort();
}

describe('a segment', () => {
  const cases: readonly (readonly [string, Segment, readonly string[]])[] = [
    ['is all consumers without terms', segment({}), ['ann', 'bob', 'eve', 'jae', 'mina']],
    ['asks for the latest word of consent', segment({ consent: 'email' }), ['ann', 'mina']],
    ['takes any of several channels', segment({ consent: ['email', 'sms'] }), ['ann', 'eve', 'jae', 'mina']],
    ['goes by country', segment({ country: ['KR', 'US'] }), ['eve', 'jae', 'mina']],
    ['goes by language, whatever the region', segment({ language: 'ko' }), ['jae', 'mina']],
    ['has business customers only when asked', segment({ business: true }), ['corp']],
    ['knows who has ever bought', segment({ bought: 'ever' }), ['ann', 'bob', 'eve', 'mina']],
    ['knows who has bought lately', segment({ bought: { within: '30 days' } }), ['ann', 'bob', 'eve']],
    ['knows who has not', segment({ notBought: { within: '30 days' } }), ['jae', 'mina']],
    ['takes an instant', segment({ bought: { since: now - 2 * day } }), ['eve']],
    ['counts paid orders, cancelled and refunded ones not', segment({ orders: { atLeast: 2 } }), ['ann']],
    ['counts orders within a time', segment({ orders: { atLeast: 1, within: '30 days' } }), ['ann', 'bob']],
    [
      'sums one currency net of refunds',
      segment({ spent: { atLeast: { amount: 55_000, currency: 'GBP' } } }),
      ['ann'],
    ],
    [
      'never adds up currencies',
      segment({ spent: { atLeast: { amount: 90_000, currency: 'KRW' } } }),
      ['mina'],
    ],
    [
      'sums within a time only',
      segment({ spent: { atLeast: { amount: 55_000, currency: 'GBP' }, within: '30 days' } }),
      [],
    ],
    ['leaves gifts out of a category', segment({ boughtCategory: { category: 'food' } }), ['ann']],
    ['is composed', allOf(segment({ country: 'GB' }), except(segment({ orders: { atLeast: 2 } }))), ['bob']],
    [
      'is one or the other',
      anyOf(segment({ country: 'US' }), segment({ language: 'ko' })),
      ['eve', 'jae', 'mina'],
    ],
    // Inside `except` a missing answer must not become a yes.
    [
      'is the complement also of a missing consent',
      allOf(segment({}), except(segment({ consent: 'email' }))),
      ['bob', 'eve', 'jae'],
    ],
    [
      'is the complement also of a missing language',
      allOf(segment({}), except(segment({ language: 'ko' }))),
      ['ann', 'bob', 'eve'],
    ],
  ];

  it.each(cases)('%s', async (_, wanted, expected) => {
    expect(await members(wanted)).toEqual(expected);
  });

  it('says in words whom it means', () => {
    const vips = anyOf(
      segment({ consent: 'email', orders: { atLeast: 5, within: '365 days' } }),
      segment({ country: 'KR', spent: { atLeast: { amount: 500_000, currency: 'KRW' } } }),
    );
    expect(wordsForSegment(vips)).toBe(
      'consumers who agreed to email and paid at least 5 orders in the last 365 days, or consumers in KR who paid at least 500000 KRW in minor units',
    );
    expect(wordsForSegment(except(segment({ bought: 'ever' })))).toBe(
      'everybody but consumers who ordered ever',
    );
  });
});
