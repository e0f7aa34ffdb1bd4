import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSharedProductFinder } from '../../client/shared-product.ts';
import { createLinks } from '../../delivery/links.ts';
import { shareRoutes } from '../../http/share.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

const clock = { now: () => Date.parse('2027-01-05T10:00:00Z') };
const links = createLinks({ publicUrl: '', secret: 'a secret of thirty-two characters' });
const season = 'christmas-2026-12-25';
const app = fastify();

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await fillSeason();
  await app.register(
    shareRoutes({
      verify: links.verifyShare,
      find: createSharedProductFinder({ db, clock }),
      brand: { name: 'North <& Pine', url: 'https://shop.example' },
    }),
  );
});
afterAll(async () => {
  await app.close();
  await database.close();
});

/** Twelve people chose tea, nine the mug, twelve gin, and twelve had a bowl given to somebody. */
async function fillSeason(): Promise<void> {
  const intake = createIntake({ db: database.db, journeys: [], clock });
  const occurredAt = '2026-12-12T10:00:00Z';
  const product = (variant: string, data: object) => ({
    id: `p-${variant}`,
    type: 'product.updated',
    occurredAt,
    data: { variant, ...data },
  });
  const price = { amount: 450, currency: 'GBP' };
  const total = { amount: 900, currency: 'GBP' };
  const order = (index: number) => ({
    id: `o-${index}`,
    type: 'order.placed',
    occurredAt,
    customerId: `secret-customer-${index}`,
    data: {
      orderId: `secret-order-${index}`,
      total,
      lines: [
        { variant: 'tea', quantity: 1, price },
        { variant: 'gin', quantity: 1, price },
        { variant: 'bowl', quantity: 1, price, gift: true },
        ...(index < 9 ? [{ variant: 'mug', quantity: 1, price }] : []),
      ],
    },
  });
  await intake.accept([
    product('tea', {
      title: 'Green <b>tea</b>',
      titles: { ko: '녹차' },
      url: 'https://shop.example/p/tea',
      image: 'https://cdn.shop.example/tea.jpg',
    }),
    product('mug', { title: 'Blue mug' }),
    product('bowl', { title: 'Bowl' }),
    product('gin', { title: 'Dry gin', ageRestricted: true }),
    ...Array.from({ length: 12 }, (_, index) => order(index)),
  ]);
}

const open = (variant: string, language = 'en-GB') =>
  app.inject({ url: links.share({ season, variant }), headers: { 'accept-language': language } });

describe('a page that a customer shares', () => {
  it('says how many people chose the product, and nothing about any of them', async () => {
    const page = await open('tea');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('12 people chose it this season. That makes it number 1.');
    expect(page.body).toContain('href="https://shop.example/p/tea"');
    expect(page.body).not.toContain('secret-');
  });

  it('is written in the language of whoever opens it', async () => {
    const page = await open('tea', 'ko-KR,ko;q=0.9');
    expect(page.body).toContain('<html lang="ko">');
    expect(page.body).toContain('녹차');
    expect(page.body).toContain('12분이 고른 1위 상품');
  });

  it('shows titles as text, and may do nothing but show itself', async () => {
    const page = await open('tea');
    expect(page.body).not.toContain('<b>tea');
    expect(page.body).toContain('&#60;b&#62;tea');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.headers['x-robots-tag']).toBe('noindex');
    expect(page.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['what fewer than ten people chose', 'mug'],
    ['gifts', 'bowl'],
    ['what is age-restricted', 'gin'],
    ['what was never sold', 'nothing'],
  ])('does not speak of %s', async (_, variant) => {
    const page = await open(variant);
    expect(page.statusCode).toBe(404);
    expect(page.body).not.toContain('people chose');
  });

  it('is not there for a token that we did not make', async () => {
    const url = links.share({ season, variant: 'tea' });
    const forged = url.slice(0, -1) + (url.endsWith('A') ? 'B' : 'A');
    expect((await app.inject({ url: forged })).statusCode).toBe(404);
    const foreign = createLinks({ publicUrl: '', secret: 'the secret of somebody else, long' });
    expect((await app.inject({ url: foreign.share({ season, variant: 'tea' }) })).statusCode).toBe(404);
    // A link that stops messages shares nothing.
    const stop = links.preferences('0192f1f0-0000-7000-8000-000000000007').replace('/p/', '/s/');
    expect((await app.inject({ url: stop })).statusCode).toBe(404);
  });
});

describe('a share link', () => {
  it('is the same for everybody, and keeps its season', () => {
    const url = links.share({ season: 'seollal-2027-02-07', variant: 'tea' });
    expect(links.share({ season: 'seollal-2027-02-07', variant: 'tea' })).toBe(url);
    expect(links.verifyShare(url.replace('/s/', ''))?.season).toBe('seollal-2027-02-07');
  });

  it('is not made for what is no season', () => {
    expect(() => links.share({ season: 'summer-2027-07-01', variant: 'tea' })).toThrow('not a season');
  });
});
