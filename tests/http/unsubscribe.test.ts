import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUnsubscribe } from '../../client/unsubscribe.ts';
import { createLinks } from '../../delivery/links.ts';
import { unsubscribeRoutes } from '../../http/unsubscribe.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

let now = Date.parse('2026-11-26T10:00:00Z');
const clock = { now: () => now };
const links = createLinks({ publicUrl: '', secret: 'a secret of thirty-two characters' });
const app = fastify();

let database: TestDatabase;
let intake: ReturnType<typeof createIntake>;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  intake = createIntake({ db, journeys: [], clock });
  const { withdraw, localeOf } = createUnsubscribe({ db, intake, clock });
  const verify = links.verifyUnsubscribe;
  const preferencesOf = links.preferences;
  await app.register(
    unsubscribeRoutes({ verify, withdraw, localeOf, preferencesOf, brand: 'North <& Pine' }),
  );
});
afterAll(async () => {
  await app.close();
  await database.close();
});

let events = 0;
async function tell(customerId: string, type: string, data: object, minutesAgo = 60): Promise<void> {
  const occurredAt = new Date(clock.now() - minutesAgo * 60_000).toISOString();
  await intake.accept([{ id: `event-${events++}`, type, occurredAt, customerId, data }]);
}

const consent = { channel: 'email', purpose: 'marketing', state: 'granted', basis: 'test' };

/** A customer who agreed to e-mail and text messages, and the link in a message to them. */
async function subscriber(locale = 'en-GB') {
  const customerId = newId();
  await tell(customerId, 'customer.subscribed', { source: 'test', email: 'mina@example.com', locale });
  await tell(customerId, 'consent.changed', consent);
  await tell(customerId, 'consent.changed', { ...consent, channel: 'sms' });
  const { id: customer } = await database.db
    .selectFrom('customers')
    .select('id')
    .where('external_id', '=', customerId)
    .executeTakeFirstOrThrow();
  return { customerId, customer, url: links.unsubscribe({ customer, delivery: newId(), channel: 'email' }) };
}

async function standing(customer: string): Promise<Record<string, string>> {
  const rows = await database.db
    .selectFrom('current_consents')
    .select(['channel', 'state'])
    .where('customer_id', '=', customer)
    .execute();
  return Object.fromEntries(rows.map(({ channel, state }) => [channel, state]));
}

const post = (url: string, payload: string, contentType?: string) =>
  app.inject({ method: 'POST', url, payload, headers: contentType ? { 'content-type': contentType } : {} });
const urlencoded = 'application/x-www-form-urlencoded';
const multipart = [
  '--b',
  'Content-Disposition: form-data; name="List-Unsubscribe"',
  '',
  'One-Click',
  '--b--',
  '',
].join('\r\n');

describe('GET', () => {
  it('shows a page with a button, without script or login, and changes nothing', async () => {
    const { url, customer } = await subscriber();
    const reply = await app.inject({ url });
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toContain('<form method="post">');
    expect(reply.body).not.toMatch(/<script|mina@example|North <&/);
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
    expect(reply.headers['set-cookie']).toBeUndefined();
    expect(await standing(customer)).toEqual({ email: 'granted', sms: 'granted' });
  });

  it('speaks Korean to a Korean customer', async () => {
    const { url } = await subscriber('ko-KR');
    expect((await app.inject({ url })).body).toContain('수신을 거부하시겠어요?');
  });
});

describe('POST', () => {
  it.each([
    ['urlencoded', 'List-Unsubscribe=One-Click', urlencoded],
    ['multipart', multipart, 'multipart/form-data; boundary=b'],
    ['of a kind it does not name', 'List-Unsubscribe=One-Click', undefined],
  ])('withdraws by one click, %s, and is in force at once', async (_, payload, contentType) => {
    const { url, customer } = await subscriber();
    const reply = await post(url, payload, contentType);
    expect(reply.statusCode).toBe(200);
    expect(reply.headers['location']).toBeUndefined();
    expect(await standing(customer)).toEqual({ email: 'withdrawn', sms: 'granted' });
  });

  it('says yes again when it is asked again, also twice at once', async () => {
    const { url } = await subscriber();
    const replies = await Promise.all(
      [1, 2, 3].map(() => post(url, 'List-Unsubscribe=One-Click', urlencoded)),
    );
    const later = await post(url, 'List-Unsubscribe=One-Click', urlencoded);
    expect([...replies, later].map((reply) => reply.statusCode)).toEqual([200, 200, 200, 200]);
  });

  it('stops everything when the customer asks for that', async () => {
    const { url, customer } = await subscriber();
    await post(url, 'List-Unsubscribe=One-Click&scope=all', urlencoded);
    expect(await standing(customer)).toEqual({ email: 'withdrawn', sms: 'withdrawn', whatsapp: 'withdrawn' });
  });

  it('withdraws anew after a new consent, by the same old link', async () => {
    const { url, customer, customerId } = await subscriber();
    await post(url, 'List-Unsubscribe=One-Click', urlencoded);
    await tell(customerId, 'consent.changed', consent, 0);
    now += 60_000;
    // By a clock of the shop's that runs ahead of ours.
    await tell(customerId, 'consent.changed', { ...consent, wording: 'again' }, -1);
    expect((await standing(customer))['email']).toBe('granted');
    await post(url, 'List-Unsubscribe=One-Click', urlencoded);
    expect((await standing(customer))['email']).toBe('withdrawn');
  });

  it('finds the customer who was merged into another', async () => {
    const { url, customerId } = await subscriber();
    const other = await subscriber();
    await tell(customerId, 'customer.merged', { from: customerId, into: other.customerId }, 0);
    expect((await post(url, 'List-Unsubscribe=One-Click', urlencoded)).statusCode).toBe(200);
    expect((await standing(other.customer))['email']).toBe('withdrawn');
  });

  it('has nothing left to do for an erased customer, and says yes', async () => {
    const { url, customerId } = await subscriber();
    await tell(customerId, 'customer.erased', {}, 0);
    expect((await post(url, 'List-Unsubscribe=One-Click', urlencoded)).statusCode).toBe(200);
  });

  it('is not there for a forged token, and changes nothing', async () => {
    const { url, customer } = await subscriber();
    const forged = `${url.slice(0, -2)}${url.endsWith('AA') ? 'BB' : 'AA'}`;
    expect((await app.inject({ url: forged })).statusCode).toBe(404);
    expect((await post(forged, 'List-Unsubscribe=One-Click', urlencoded)).statusCode).toBe(404);
    expect(await standing(customer)).toEqual({ email: 'granted', sms: 'granted' });
  });
});
