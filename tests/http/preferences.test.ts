import fastify from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPreferences } from '../../client/preferences.ts';
import { createUnsubscribe } from '../../client/unsubscribe.ts';
import { createLinks } from '../../delivery/links.ts';
import { decidingConsent } from '../../delivery/policy/consent.ts';
import { preferenceRoutes } from '../../http/preferences.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { newId } from '../../store/new-id.ts';
import { loadStandingWishes } from '../../store/standing-wishes.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { caseOf } from '../policy/somebody.ts';

const beginning = Date.parse('2026-11-26T10:00:00Z');
let now = beginning;
const clock = { now: () => now };
const secret = 'a secret of thirty-two characters';
const links = createLinks({ publicUrl: '', secret });
const shop = {
  locales: { supported: ['en', 'ko'] },
  home: { timeZone: 'Europe/London', country: 'GB' },
  topics: {
    cart: { en: 'Your basket', ko: '장바구니' },
    offers: { en: 'Offers <&', ko: '할인' },
  },
} as const;
const app = fastify();

let database: TestDatabase;
let intake: ReturnType<typeof createIntake>;
let unsubscribe: ReturnType<typeof createUnsubscribe>;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  intake = createIntake({ db, journeys: [], clock });
  unsubscribe = createUnsubscribe({ db, intake, clock });
  const preferences = createPreferences({ db, intake, clock, shop, withdraw: unsubscribe.withdraw });
  await app.register(
    preferenceRoutes({ verify: links.verifyPreferences, preferences, brand: 'North <& Pine' }),
  );
});
beforeEach(() => {
  now += 3_600_000;
});
afterAll(async () => {
  await app.close();
  await database.close();
});

let events = 0;
async function tell(customerId: string, type: string, data: object): Promise<void> {
  const occurredAt = new Date(now - 60_000).toISOString();
  await intake.accept([{ id: `event-${events++}`, type, occurredAt, customerId, data }]);
}

const consent = { channel: 'email', purpose: 'marketing', state: 'granted', basis: 'test' };

/** A customer who agreed to e-mail and text messages, never to WhatsApp. */
async function subscriber(locale = 'en-GB') {
  const customerId = newId();
  const email = `${customerId}@example.com`;
  const phone = `+8210${String(events).padStart(8, '0')}`;
  await tell(customerId, 'customer.subscribed', { source: 'test', email, phone, locale });
  await tell(customerId, 'consent.changed', consent);
  await tell(customerId, 'consent.changed', { ...consent, channel: 'sms' });
  const { id: customer } = await database.db
    .selectFrom('customers')
    .select('id')
    .where('external_id', '=', customerId)
    .executeTakeFirstOrThrow();
  return { customerId, customer, email, url: links.preferences(customer) };
}

/** A customer who agreed to e-mails about one topic, and to nothing else. */
async function agreedTo(topic: string) {
  const customerId = newId();
  const email = `${customerId}@example.com`;
  await tell(customerId, 'customer.subscribed', { source: 'test', email });
  await tell(customerId, 'consent.changed', { ...consent, topic });
  const { id: customer } = await database.db
    .selectFrom('customers')
    .select('id')
    .where('external_id', '=', customerId)
    .executeTakeFirstOrThrow();
  return { customer, url: links.preferences(customer) };
}

async function wanted(customer: string) {
  const { channels } = await loadStandingWishes(database.db, customer);
  return Object.fromEntries(channels.map((each) => [each.channel, each.wanted]));
}

const profileOf = (customer: string) =>
  database.db
    .selectFrom('customers')
    .select(['locale', 'quiet_until'])
    .where('id', '=', customer)
    .executeTakeFirstOrThrow();

/** The form as a browser would send it: everything that the page shows, with some of it changed. */
async function formOf(url: string): Promise<URLSearchParams> {
  const { body } = await app.inject({ url });
  const form = new URLSearchParams();
  for (const [tag] of body.matchAll(/<input[^>]*>/g)) {
    const [, name = ''] = /name="([^"]*)"/.exec(tag) ?? [];
    const [, value = ''] = /value="([^"]*)"/.exec(tag) ?? [];
    if (/disabled/.test(tag)) continue;
    if (/type="hidden"/.test(tag) || /checked/.test(tag)) form.append(name, value);
  }
  const [, language] = /<option value="(\w+)"[^>]*selected/.exec(body) ?? [];
  if (language !== undefined) form.set('language', language);
  form.set('action', 'save');
  return form;
}

const post = (url: string, form: URLSearchParams) =>
  app.inject({
    method: 'POST',
    url,
    payload: form.toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

const eventCount = async () =>
  (await database.db.selectFrom('events').select('id').execute()).filter(({ id }) =>
    /^(preferences|unsubscribe)\//.test(id),
  ).length;

describe('the page', () => {
  it('shows what is so, without script, cookie or an address, and changes nothing', async () => {
    const { url, customer } = await subscriber();
    const reply = await app.inject({ url });
    expect(reply.statusCode).toBe(200);
    expect(reply.body).toContain('You get marketing by e-mail and text message.');
    expect(reply.body).toContain('Offers &#60;&#38;');
    expect(reply.body).not.toMatch(/<script|@example|North <&|name="channel" value="whatsapp"/);
    expect(reply.headers['content-security-policy']).toContain("default-src 'none'");
    expect(reply.headers['set-cookie']).toBeUndefined();
    expect(await wanted(customer)).toEqual({ email: true, sms: true });
  });

  it('speaks Korean to a Korean customer', async () => {
    const { url } = await subscriber('ko-KR');
    const { body } = await app.inject({ url });
    expect(body).toContain('<html lang="ko">');
    expect(body).toContain('수신 설정');
    expect(body).toContain('장바구니');
  });

  it.each(['GET', 'POST'] as const)('is not there for a token that is not ours, by %s', async (method) => {
    const { url, customer } = await subscriber();
    const forged = `${url.slice(0, -2)}${url.endsWith('AA') ? 'BB' : 'AA'}`;
    const ofAnotherKind = links.unsubscribe({ customer, channel: 'email' }).replace('/u/', '/p/');
    const ofAStranger = createLinks({ publicUrl: '', secret: 'the secret of somebody else, long' });
    const replies = await Promise.all(
      [forged, ofAnotherKind, ofAStranger.preferences(customer), '/p/x'].map((each) =>
        app.inject({ method, url: each, ...(method === 'POST' ? { payload: 'action=stop' } : {}) }),
      ),
    );
    expect(replies.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404]);
    // Whoever exists: the same page to the byte.
    expect(new Set(replies.map(({ body }) => body)).size).toBe(1);
    expect(await wanted(customer)).toEqual({ email: true, sms: true });
  });
});

describe('saving', () => {
  it('withdraws a channel before it answers, and says what is true now', async () => {
    const { url, customer } = await subscriber();
    const form = await formOf(url);
    form.delete('channel', 'sms');
    const reply = await post(url, form);
    expect(reply.body).toContain('Saved.');
    expect(reply.body).toContain('You get marketing by e-mail.');
    expect(await wanted(customer)).toEqual({ email: true, sms: false });
  });

  it('changes nothing when nothing was changed', async () => {
    const { url, customer } = await subscriber();
    const before = await eventCount();
    expect((await post(url, await formOf(url))).statusCode).toBe(200);
    expect(await eventCount()).toBe(before);
    expect(await wanted(customer)).toEqual({ email: true, sms: true });
  });

  it('changes nothing for a body that nobody wrote, such as a scanner’s', async () => {
    const { url, customer } = await subscriber();
    const reply = await post(url, new URLSearchParams());
    expect(reply.body).not.toContain('Saved.');
    expect(await wanted(customer)).toEqual({ email: true, sms: true });
  });

  it('says the same thing once, however often and quickly it is sent', async () => {
    const { url } = await subscriber();
    const form = await formOf(url);
    form.delete('channel', 'sms');
    form.set('pause', '30');
    const before = await eventCount();
    await Promise.all([1, 2, 3].map(() => post(url, form)));
    await post(url, form);
    expect(await eventCount()).toBe(before + 2);
  });

  it('gives a withdrawn channel back by a new tick, and keeps the words of it', async () => {
    const { url, customer } = await subscriber();
    await unsubscribe.withdraw({ customer, channel: 'sms' });
    now += 60_000;
    const form = await formOf(url);
    form.append('channel', 'sms');
    await post(url, form);
    expect(await wanted(customer)).toEqual({ email: true, sms: true });
    const { wording, basis } = await database.db
      .selectFrom('consents')
      .select(['wording', 'basis'])
      .where('customer_id', '=', customer)
      .orderBy('occurred_at', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect({ wording, basis }).toEqual({
      wording: 'Send me marketing by […]. About […].',
      basis: 'preference page',
    });
  });

  it('does not take back a STOP that came while the page lay open', async () => {
    const { url, customer } = await subscriber();
    const form = await formOf(url);
    await unsubscribe.withdraw({ customer, channel: 'sms' });
    form.set('language', 'ko');
    await post(url, form);
    expect(await wanted(customer)).toEqual({ email: true, sms: false });
  });

  it('never agrees to a channel that nobody has asked the customer about', async () => {
    const { url, customer } = await subscriber();
    const form = await formOf(url);
    form.append('channel', 'whatsapp');
    form.append('channel', 'pigeon');
    form.append('topic', 'secrets');
    await post(url, form);
    expect(await wanted(customer)).toEqual({ email: true, sms: true });
  });

  it('shows an address that was stopped, and does not start it again', async () => {
    const { url, customer, email } = await subscriber();
    await database.db
      .insertInto('suppressions')
      .values({
        id: newId(),
        customer_id: null,
        address_key: email,
        channel: 'email',
        scope: 'marketing',
        reason: 'complaint',
        at: new Date(now),
      })
      .execute();
    const { body } = await app.inject({ url });
    expect(body).toContain('You get marketing by text message.');
    expect(body).toMatch(/value="email" disabled/);
    await unsubscribe.withdraw({ customer, channel: 'email' });
    const form = await formOf(url);
    form.append('channel', 'email');
    await post(url, form);
    expect((await wanted(customer))['email']).toBe(false);
  });

  it('stops everything by one button, WhatsApp included', async () => {
    const { url, customer } = await subscriber();
    const form = await formOf(url);
    form.set('action', 'stop');
    const reply = await post(url, form);
    expect(reply.body).toContain('You get no marketing from us.');
    expect(await wanted(customer)).toEqual({ email: false, sms: false, whatsapp: false });
  });

  it('stops a topic and nothing else, and starts it again only where the customer agreed to a channel', async () => {
    const { url, customer } = await subscriber();
    const without = await formOf(url);
    without.delete('topic', 'cart');
    await post(url, without);
    expect(await standing(customer, 'cart')).toEqual({ email: 'withdrawn', sms: 'withdrawn' });
    expect(await standing(customer, 'offers')).toEqual({ email: 'granted', sms: 'granted' });

    await unsubscribe.withdraw({ customer, channel: 'sms' });
    now += 60_000;
    const again = await formOf(url);
    again.append('topic', 'cart');
    await post(url, again);
    expect(await standing(customer, 'cart')).toEqual({ email: 'granted', sms: 'withdrawn' });
    expect(await wanted(customer)).toEqual({ email: true, sms: false });
  });

  it('shows a consent to one topic as what it is, and offers a way to stop', async () => {
    const { url, customer } = await agreedTo('cart');
    const { body } = await app.inject({ url });
    expect(body).toContain('You get marketing by e-mail.');
    expect(body).toMatch(/name="channel" value="email" checked/);
    expect(body).toMatch(/name="topic" value="cart" checked/);
    expect(body).not.toMatch(/name="topic" value="offers" checked/);
    expect(body).not.toMatch(/value="sms"|value="whatsapp"/);

    const stop = await formOf(url);
    stop.set('action', 'stop');
    expect((await post(url, stop)).body).toContain('You get no marketing from us.');
    expect(await standing(customer, 'cart')).toEqual({ email: 'withdrawn', sms: 'withdrawn' });
  });

  it('does not make a consent to one topic one to all by saving the page', async () => {
    const { url, customer } = await agreedTo('cart');
    await post(url, await formOf(url));
    expect(await standing(customer, 'cart')).toEqual({ email: 'granted', sms: undefined });
    expect(await standing(customer, 'offers')).toEqual({ email: undefined, sms: undefined });
  });

  it('still offers the channel to somebody who refused the one topic they had agreed to', async () => {
    const { url, customer } = await agreedTo('cart');
    const form = await formOf(url);
    form.delete('topic', 'cart');
    const { body } = await post(url, form);
    expect(body).toContain('You get no marketing from us.');
    expect(body).toMatch(/name="channel" value="email">/);
    expect(body).not.toMatch(/value="sms"|value="whatsapp"/);
    expect(await wanted(customer)).toEqual({ email: false });
  });

  it('does not say that somebody gets marketing about a topic after a later withdrawal of everything', async () => {
    const { url, customer } = await agreedTo('cart');
    await unsubscribe.withdraw({ customer, channel: 'email' });
    expect((await app.inject({ url })).body).toContain('You get no marketing from us.');
  });

  it('pauses for as many days as were asked for, and ends the pause', async () => {
    const { url, customer } = await subscriber();
    const form = await formOf(url);
    form.set('pause', '30');
    const paused = await post(url, form);
    const until = new Date(now + 30 * 86_400_000).toISOString().slice(0, 10);
    expect((await profileOf(customer)).quiet_until).toBe(until);
    expect(paused.body).toContain('It is paused until 2');
    expect(paused.body).toContain('Keep the break until');
    now += 60_000;
    const end = await formOf(url);
    expect(end.get('pause')).toBe('keep');
    end.set('pause', '0');
    const ended = await post(url, end);
    expect(ended.body).not.toContain('It is paused');
    expect((await profileOf(customer)).quiet_until).toBe(new Date(now).toISOString().slice(0, 10));
  });

  it('changes the language, and answers in it', async () => {
    const { url, customer } = await subscriber();
    const form = await formOf(url);
    form.set('language', 'ko');
    expect((await post(url, form)).body).toContain('저장되었습니다.');
    expect((await profileOf(customer)).locale).toBe('ko');
    const odd = await formOf(url);
    odd.set('language', 'xx"><b>');
    expect((await post(url, odd)).statusCode).toBe(200);
    expect((await profileOf(customer)).locale).toBe('ko');
  });

  it('finds the customer who was merged into another', async () => {
    const { url, customerId } = await subscriber();
    const other = await subscriber();
    await tell(customerId, 'customer.merged', { from: customerId, into: other.customerId });
    const form = await formOf(url);
    form.delete('channel', 'email');
    await post(url, form);
    expect(await wanted(other.customer)).toEqual({ email: false, sms: true });
  });

  it('has nothing to show of an erased customer, and nothing to save', async () => {
    const { url, customerId } = await subscriber();
    const form = await formOf(url);
    await tell(customerId, 'customer.erased', {});
    for (const reply of [await app.inject({ url }), await post(url, form)]) {
      expect(reply.statusCode).toBe(200);
      expect(reply.body).toContain('We keep nothing about you any more');
    }
  });
});

/** By the gate that decides about messages. */
async function standing(customer: string, topic: string) {
  const { words } = await loadStandingWishes(database.db, customer);
  const sendCase = caseOf({ message: { topic }, facts: { consents: words } });
  return Object.fromEntries(
    (['email', 'sms'] as const).map((channel) => [channel, decidingConsent(sendCase, channel)?.state]),
  );
}
