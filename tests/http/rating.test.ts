import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRating } from '../../client/rating.ts';
import { readStatus } from '../../client/read-status.ts';
import { createLinks } from '../../delivery/links.ts';
import { ratingRoutes } from '../../http/rating.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

let now = Date.parse('2026-03-11T10:00:00Z');
const clock = { now: () => now };
const links = createLinks({ publicUrl: '', secret: 'a secret of thirty-two characters' });
const app = fastify();

let database: TestDatabase;
let intake: ReturnType<typeof createIntake>;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  intake = createIntake({ db, journeys: [], clock });
  await app.register(
    ratingRoutes({
      verify: links.verifyRating,
      ...createRating({ db, intake, clock }),
      brand: 'North <& Pine',
    }),
  );
});
afterAll(async () => {
  await app.close();
  await database.close();
});

let events = 0;
async function tell(customerId: string, type: string, data: object): Promise<void> {
  const occurredAt = new Date(clock.now() - 3_600_000).toISOString();
  await intake.accept([{ id: `event-${events++}`, type, occurredAt, customerId, data }]);
}

const price = { amount: 450, currency: 'GBP' };

/** A customer who bought tea, a mug as a gift, and a bowl; and the links to rate them. */
async function buyer(locale = 'en-GB') {
  const customerId = newId();
  const orderId = newId();
  await tell(customerId, 'customer.updated', { email: 'mina@example.com', locale });
  await intake.accept([
    {
      id: `event-${events++}`,
      type: 'product.updated',
      occurredAt: '2026-03-01T00:00:00Z',
      data: { variant: 'tea', title: 'Green <b>tea</b>', titles: { ko: '녹차' } },
    },
  ]);
  await tell(customerId, 'order.placed', {
    orderId,
    lines: [
      { line: 'a', variant: 'tea', quantity: 2, price },
      { line: 'b', variant: 'mug', quantity: 1, price, gift: true },
      { line: 'c', variant: 'bowl', quantity: 1, price },
    ],
    total: { amount: 1800, currency: 'GBP' },
  });
  const { id: order } = await database.db
    .selectFrom('orders')
    .select('id')
    .where('order_id', '=', orderId)
    .executeTakeFirstOrThrow();
  return { customerId, orderId, tea: links.rating({ order, line: 1 }), all: links.rating({ order }), order };
}

async function reviews(order: string) {
  return database.db
    .selectFrom('reviews')
    .select(['shop_line as line', 'variant', 'stars'])
    .where('order_id', '=', order)
    .orderBy('shop_line')
    .execute();
}

const complaintsOf = async (customerId: string) =>
  (await readStatus(database.db)).complaints.longest.filter(({ customer }) => customer === customerId);

const urlencoded = 'application/x-www-form-urlencoded';
const post = (url: string, payload: string, contentType = urlencoded) =>
  app.inject({ method: 'POST', url, payload, headers: { 'content-type': contentType } });

describe('GET', () => {
  it('shows the product with the tapped star chosen, without script or login, and records nothing', async () => {
    const { tea, order } = await buyer();
    const reply = await app.inject({ url: `${tea}?stars=4` });
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toContain('<form method="post">');
    expect(reply.body).toMatch(/name="stars-1" value="4"[^>]* checked/);
    expect(reply.body.match(/ checked/g)).toHaveLength(1);
    expect(reply.body).not.toMatch(/<script|<b>tea|mina@example|North <&/);
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
    expect(reply.headers['set-cookie']).toBeUndefined();
    expect(await reviews(order)).toEqual([]);
  });

  it('shows the page of the whole order, without the gift and with nothing chosen', async () => {
    const { all } = await buyer();
    const { body } = await app.inject({ url: `${all}?stars=5` });
    expect(body).toMatch(/name="stars-1"[\s\S]*name="stars-3"/);
    expect(body).not.toMatch(/stars-2| checked/);
  });

  it.each(['0', '6', '4.5', '4&stars=5', '%3Cscript%3E', ''])(
    'chooses no star for ?stars=%s',
    async (stars) => {
      const { tea } = await buyer();
      const reply = await app.inject({ url: `${tea}?stars=${stars}` });
      expect(reply.statusCode).toBe(200);
      expect(reply.body).not.toMatch(/ checked|<script/);
    },
  );

  it('speaks Korean to a Korean customer, also of the product', async () => {
    const { tea } = await buyer('ko-KR');
    const { body } = await app.inject({ url: tea });
    expect(body).toContain('써 보시니 어떠셨나요?');
    expect(body).toContain('<legend>녹차</legend>');
  });

  it('says so when there is nothing left to rate', async () => {
    const { tea, all, order, customerId, orderId } = await buyer();
    const lines = [{ line: 'a', variant: 'tea', quantity: 2 }];
    await tell(customerId, 'order.refunded', { orderId, amount: { amount: 900, currency: 'GBP' }, lines });
    expect((await app.inject({ url: tea })).body).toContain('nothing left to rate');
    expect((await post(tea, 'stars-1=5')).body).toContain('nothing left to rate');
    expect((await app.inject({ url: all })).body).toContain('stars-3');
    await tell(customerId, 'order.cancelled', { orderId });
    expect((await app.inject({ url: all })).body).toContain('nothing left to rate');
    expect(await reviews(order)).toEqual([]);
  });
});

describe('POST', () => {
  it('records the stars as a review of that line, and says thanks', async () => {
    const { tea, order, customerId } = await buyer();
    const reply = await post(`${tea}?stars=2`, 'stars-1=5');
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toContain('Thank you!');
    expect(await reviews(order)).toEqual([{ line: 'a', variant: 'tea', stars: 5 }]);
    expect(await complaintsOf(customerId)).toEqual([]);
  });

  it('records several lines of an order at once, and leaves out what is not asked about', async () => {
    const { all, order } = await buyer();
    await post(all, 'stars-1=5&stars-2=1&stars-3=3&stars-99=1&stars-1000=5');
    expect(await reviews(order)).toEqual([
      { line: 'a', variant: 'tea', stars: 5 },
      { line: 'c', variant: 'bowl', stars: 3 },
    ]);
  });

  it('does not rate another line by the link of one', async () => {
    const { tea, order } = await buyer();
    expect((await post(tea, 'stars-3=1')).statusCode).toBe(400);
    expect(await reviews(order)).toEqual([]);
  });

  it('counts once, however often and at once it comes', async () => {
    const { tea, order } = await buyer();
    const replies = await Promise.all([1, 2, 3].map(() => post(tea, 'stars-1=4')));
    now += 60_000;
    const later = await post(tea, 'stars-1=4');
    expect([...replies, later].map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
    const told = await database.db
      .selectFrom('events')
      .select('id')
      .where('id', 'like', `rating-link/${order}/%`)
      .execute();
    expect(told).toHaveLength(1);
    expect(await reviews(order)).toMatchObject([{ stars: 4 }]);
  });

  it('takes other stars as a change of mind, there and back', async () => {
    const { tea, order } = await buyer();
    for (const stars of [4, 3, 4, 5]) await post(tea, `stars-1=${stars}`);
    expect(await reviews(order)).toMatchObject([{ stars: 5 }]);
    expect((await app.inject({ url: tea })).body).toMatch(/value="5"[^>]* checked/);
  });

  it.each([1, 2])('hands %i of five stars to a person, and says so', async (stars) => {
    const { tea, customerId } = await buyer();
    const reply = await post(tea, `stars-1=${stars}`);
    expect(reply.body).toContain('Somebody here will look into it.');
    expect(await complaintsOf(customerId)).toMatchObject([{ topic: `rated ${stars} of 5` }]);
  });

  it('hands nobody over for three stars', async () => {
    const { tea, customerId } = await buyer();
    await post(tea, 'stars-1=3');
    expect(await complaintsOf(customerId)).toEqual([]);
  });

  it('is closed by the person who saw to it', async () => {
    const { tea, customerId } = await buyer();
    await post(tea, 'stars-1=1');
    const [{ complaint } = { complaint: '' }] = await complaintsOf(customerId);
    now += 7_200_000;
    await tell(customerId, 'complaint.closed', { id: complaint });
    expect(await complaintsOf(customerId)).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['six stars', 'stars-1=6'],
    ['no number', 'stars-1=many'],
    ['JSON', '{"stars-1":5}'],
  ])('asks again when %s was chosen', async (_, body) => {
    const { tea, order } = await buyer();
    const reply = await post(tea, body);
    expect(reply.statusCode).toBe(400);
    expect(reply.body).toContain('Please choose the stars first.');
    expect(await reviews(order)).toEqual([]);
  });

  it('refuses a body that is larger than any form of ours', async () => {
    const { tea } = await buyer();
    expect((await post(tea, `stars-1=5&${'x'.repeat(20_000)}`)).statusCode).toBe(413);
  });

  it('finds the customer who was merged into another', async () => {
    const { tea, order, customerId } = await buyer();
    const other = await buyer();
    await tell(customerId, 'customer.merged', { from: customerId, into: other.customerId });
    expect((await post(tea, 'stars-1=2')).statusCode).toBe(200);
    expect(await reviews(order)).toMatchObject([{ stars: 2 }]);
    expect(await complaintsOf(other.customerId)).toHaveLength(1);
  });

  it('knows nothing any more of a customer who was erased', async () => {
    const { tea, order, customerId } = await buyer();
    await tell(customerId, 'customer.erased', {});
    expect((await app.inject({ url: tea })).statusCode).toBe(404);
    expect((await post(tea, 'stars-1=5')).statusCode).toBe(404);
    expect(await reviews(order)).toEqual([]);
  });

  it('is not there for a forged token, nor for one of another purpose', async () => {
    const { tea, order } = await buyer();
    const forged = `${tea.slice(0, -2)}${tea.endsWith('AA') ? 'BB' : 'AA'}`;
    const unsubscribe = links
      .unsubscribe({ customer: newId(), delivery: newId(), channel: 'email' })
      .replace('/u/', '/r/');
    for (const url of [forged, unsubscribe, '/r/x', `/r/${'A'.repeat(48)}`]) {
      expect((await app.inject({ url })).statusCode).toBe(404);
      expect((await post(url, 'stars-1=5')).statusCode).toBe(404);
    }
    expect(await reviews(order)).toEqual([]);
    expect(links.verifyUnsubscribe(tea.slice('/r/'.length))).toBeUndefined();
  });
});
