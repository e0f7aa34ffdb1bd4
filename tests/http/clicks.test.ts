import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClickFinder, type ClickedLink } from '../../client/find-click.ts';
import { createLinks } from '../../delivery/links.ts';
import { clickRoutes } from '../../http/clicks.ts';
import { newId } from '../../store/new-id.ts';
import { writeShortLinks } from '../../store/short-links.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';

const publicUrl = 'https://go.shop.example';
const secret = 'a secret of thirty-two characters';
const clickDomains = ['shop.example'];
const links = createLinks({ publicUrl, secret, clickDomains });
const written = Date.parse('2026-11-26T10:00:00Z');
const delivery = newId();
const product = 'https://www.shop.example/p/1?colour=blue&size=%ED%81%B0#top';
const browser = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1' };

let now = written + 60_000;
let database: TestDatabase;
let app: FastifyInstance;
let notes: (ClickedLink & { at: number })[] = [];
let keeping: () => Promise<void> = async () => undefined;
const warnings: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  app = await pageOf(links);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

async function pageOf({ clicks }: Pick<typeof links, 'clicks'>): Promise<FastifyInstance> {
  const pages = fastify();
  await pages.register(
    clickRoutes({
      find: createClickFinder({ db: database.db, read: clicks.read, isShops: clicks.isShops }),
      keep: async (click) => {
        await keeping();
        notes.push(click);
      },
      clock: { now: () => now },
      brand: 'North & Pine',
      log: { warn: (_details, message) => void warnings.push(message) },
      patienceMs: 50,
    }),
  );
  return pages;
}

const inMail = (url: string) => links.clicks.of({ delivery, channel: 'email', at: written }).follow(url);
const pathOf = (link: string) => link.slice(publicUrl.length);

async function visit(
  link: string,
  headers: Record<string, string> = browser,
  method: 'GET' | 'HEAD' = 'GET',
) {
  notes = [];
  const reply = await app.inject({ method, url: pathOf(link), headers });
  return { status: reply.statusCode, to: reply.headers.location, notes, body: reply.body };
}

async function inText(url: string): Promise<string> {
  const linker = links.clicks.of({ delivery, channel: 'sms', at: written });
  const link = linker.follow(url);
  await writeShortLinks(database.db, linker.shortLinks());
  return link;
}

describe('a click link', () => {
  it('leads from a mail to exactly the address that we wrote, and notes who followed it', async () => {
    const visited = await visit(inMail(product));
    expect(visited).toMatchObject({ status: 302, to: product });
    expect(visited.notes).toEqual([{ delivery, url: product, writtenAt: written, at: now }]);
  });

  it('takes twelve letters in a text message, and leads there as well', async () => {
    const link = await inText(product);
    expect(link).toMatch(/^https:\/\/go\.shop\.example\/c\/[\w-]{12}$/);
    expect(await inText(product)).toBe(link);
    const visited = await visit(link);
    expect(visited).toMatchObject({ status: 302, to: product });
    expect(visited.notes).toHaveLength(1);
  });

  it.each([
    [
      'https://www.shop.example/카트/7?크기=큰',
      'https://www.shop.example/%EC%B9%B4%ED%8A%B8/7?%ED%81%AC%EA%B8%B0=%ED%81%B0',
    ],
    ['https://shop.example/café', 'https://shop.example/caf%C3%A9'],
  ])('leads on to %s, whose letters a header cannot hold', async (url, to) => {
    expect(await visit(inMail(url))).toMatchObject({ status: 302, to, notes: [{ url }] });
    expect(await visit(await inText(url))).toMatchObject({ status: 302, to, notes: [{ url }] });
  });

  it('holds nothing personal, and no two messages have the same one', () => {
    const other = links.clicks.of({ delivery: newId(), channel: 'sms', at: written }).follow(product);
    expect(other).not.toBe(links.clicks.of({ delivery, channel: 'sms', at: written }).follow(product));
    expect(Buffer.from(inMail(product).split('/').at(-1) ?? '', 'base64url').toString()).toContain(product);
  });

  it.each([
    'https://elsewhere.example/',
    'https://shop.example.evil.example/',
    'https://notshop.example/',
    'https://shop.example@evil.example/',
    'http://shop.example/',
    'javascript:alert(1)//shop.example',
    'mailto:hello@shop.example',
    `https://shop.example/${'x'.repeat(900)}`,
  ])('is not made for %.60s', (url) => {
    expect(inMail(url)).toBe(url);
  });

  it('is not made of our own pages: leaving must not depend on it', () => {
    const own = [
      links.unsubscribe({ customer: delivery, delivery, channel: 'email' }),
      links.preferences(delivery),
      links.rating({ order: delivery }),
    ];
    expect(own.map(inMail)).toEqual(own);
  });
});

describe('what nobody of us wrote', () => {
  it('is a page that is not there, whatever is changed in a link', async () => {
    const [, , message = '', link = ''] = pathOf(inMail(product)).split('/');
    const flipped = (token: string, place: number) =>
      token.slice(0, place) + (token[place] === 'A' ? 'B' : 'A') + token.slice(place + 1);
    for (let place = 0; place < message.length; place += 7) {
      expect(await visit(`${publicUrl}/c/${flipped(message, place)}/${link}`)).toMatchObject({
        status: 404,
        to: undefined,
      });
    }
    for (let place = 0; place < link.length; place += 7) {
      expect((await visit(`${publicUrl}/c/${message}/${flipped(link, place)}`)).status).toBe(404);
    }
  });

  it.each([
    '/c/',
    '/c/AAAAAAAAAAAA',
    '/c/%00AAAAAAAAAAA',
    '/c/a/b/c',
    '/c/https://evil.example/',
    '/c//evil.example',
    '/c/x?url=https://evil.example',
  ])('never leads anywhere: %s', async (path) => {
    const { status, to } = await visit(`${publicUrl}${path}`);
    expect({ status, to }).toEqual({ status: 404, to: undefined });
  });

  it('includes what another kind of link, another secret or another host was signed for', async () => {
    const [, , message = ''] = pathOf(inMail(product)).split('/');
    const stranger = createLinks({ publicUrl, secret: 'the secret of somebody else, long', clickDomains });
    const theirs = stranger.clicks.of({ delivery, channel: 'email', at: written }).follow(product);
    const unsubscribe = pathOf(links.unsubscribe({ customer: delivery, delivery, channel: 'email' }));
    expect((await visit(theirs)).status).toBe(404);
    expect((await visit(`${publicUrl}/c/${message}/${unsubscribe.slice(3)}`)).status).toBe(404);
    expect((await visit(`${publicUrl}/c/${message}/${message}`)).status).toBe(404);

    const moved = await pageOf(createLinks({ publicUrl, secret, clickDomains: ['new-shop.example'] }));
    for (const link of [inMail(product), await inText(product)]) {
      expect((await moved.inject({ url: pathOf(link), headers: browser })).statusCode).toBe(404);
    }
    await moved.close();
  });
});

describe('machines', () => {
  it.each([
    ['asks for the head only', browser, 'HEAD', 60],
    ['fetches ahead', { ...browser, 'sec-purpose': 'prefetch;prerender' }, 'GET', 60],
    ['says that it is a scanner', { 'user-agent': 'Mozilla/5.0 (compatible; Mimecast-Scan)' }, 'GET', 60],
    ['names nothing', { 'user-agent': '' }, 'GET', 60],
    ['is faster than anybody reads', browser, 'GET', 5],
  ] as const)('is led on and not counted when it %s', async (_, headers, method, seconds) => {
    now = written + seconds * 1000;
    const visited = await visit(inMail(product), headers, method);
    now = written + 60_000;
    expect(visited).toMatchObject({ status: 302, to: product, notes: [] });
  });
});

describe('a database that is slow or away', () => {
  it('does not keep the customer waiting, and the note is still made', async () => {
    let release = () => undefined as void;
    keeping = () => new Promise((resolve) => (release = resolve));
    const visited = await visit(inMail(product));
    expect(visited).toMatchObject({ status: 302, to: product, notes: [] });
    release();
    await expect.poll(() => notes).toHaveLength(1);
    keeping = async () => undefined;
  });

  it('costs the note and not the way to the shop', async () => {
    keeping = () => Promise.reject(new Error('away'));
    expect((await visit(inMail(product))).to).toBe(product);
    expect(warnings).toEqual(['a click could not be kept']);
    keeping = async () => undefined;
  });
});
