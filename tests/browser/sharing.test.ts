import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSharedProductFinder } from '../../client/shared-product.ts';
import type { Links } from '../../delivery/links.ts';
import { shareRoutes } from '../../http/share.ts';
import { createIntake } from '../../intake/create-intake.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { openBrowser, pictures, problemsOf, tabStops, looks } from './browser.ts';
import { servePages, type ServedPages } from './page-server.ts';

const clock = { now: () => Date.parse('2027-01-05T10:00:00Z') };
const season = 'christmas-2026-12-25';
const shopUrl = 'https://shop.example/';
const productUrl = 'https://shop.example/p/throw';
/** Longer than a telephone is wide. */
const oneLongWord = 'Kaffeehausporzellanfrühstückstassensammlerausgabe';

let browser: Browser;
let database: TestDatabase;
let served: ServedPages;
let links: Links;

beforeAll(async () => {
  browser = await openBrowser();
  database = await createTestDatabase();
  await fillSeason();
  served = await servePages((links) =>
    shareRoutes({
      verify: links.verifyShare,
      find: createSharedProductFinder({ db: database.db, clock }),
      brand: { name: 'North & Pine', url: shopUrl },
    }),
  );
  links = served.links;
});
afterAll(async () => {
  console.log(`pictures of the pages: ${pictures}`);
  await browser.close();
  await served.close();
  await database.close();
});

/** Twelve people chose a throw with a picture and a name of two lines, and a mug without one. */
async function fillSeason(): Promise<void> {
  const intake = createIntake({ db: database.db, journeys: [], clock });
  const occurredAt = '2026-12-12T10:00:00Z';
  const price = { amount: 450, currency: 'GBP' };
  const product = (variant: string, data: object) => ({
    id: `product-${variant}`,
    type: 'product.updated',
    occurredAt,
    data: { variant, ...data },
  });
  const order = (index: number) => ({
    id: `order-${index}`,
    type: 'order.placed',
    occurredAt,
    customerId: `customer-${index}`,
    data: {
      orderId: `order-${index}`,
      total: { amount: 900, currency: 'GBP' },
      lines: ['throw', 'mug'].map((variant) => ({ variant, quantity: 1, price })),
    },
  });
  await intake.accept([
    product('throw', {
      title: 'Linen throw, moss green, woven in a mill by the sea and washed until it is soft',
      titles: { ko: '바닷가 방직소에서 짜서 부드러워질 때까지 빤 이끼색 리넨 담요' },
      url: productUrl,
      image: 'https://cdn.shop.example/throw.jpg',
    }),
    product('mug', { title: oneLongWord, titles: { ko: oneLongWord } }),
    ...Array.from({ length: 12 }, (_, index) => order(index)),
  ]);
}

const languages = [
  ['English', 'en-GB', { throw: 'Linen throw', see: 'Have a look at it' }],
  ['Korean', 'ko-KR', { throw: '리넨 담요', see: '상품 보기' }],
] as const;

describe.each(languages)('the page that is shared, opened in %s', (language, locale, words) => {
  const pages = [
    ['with a picture and a long name', 'throw', words.throw],
    ['with no picture and a name of one long word', 'mug', oneLongWord],
    ['of which nothing is left', 'nothing-of-ours', undefined],
  ] as const;

  it.each(pages)('can be seen and read by everybody, %s', async (_what, variant, title) => {
    for (const { colorScheme, width } of looks) {
      const context = await browser.newContext({ locale, colorScheme, viewport: { width, height: 740 } });
      // Nobody answers for the shop's pictures here.
      await context.route('https://cdn.shop.example/**', (route) =>
        route.fulfill({ contentType: 'image/svg+xml', body: picture }),
      );
      const page = await context.newPage();
      await page.goto(links.share({ season, variant }));
      await page.screenshot({
        path: `${pictures}/share-${variant}-${language}-${width}-${colorScheme}.png`,
        fullPage: true,
      });
      expect(await problemsOf(page), `${width} px, ${colorScheme}`).toEqual([]);
      expect(await page.getAttribute('html', 'lang')).toBe(locale.slice(0, 2));
      if (title !== undefined) expect(await page.textContent('h1')).toContain(title);
      await context.close();
    }
  });

  it('leads to the product by the keyboard alone, and nowhere else', async () => {
    const context = await browser.newContext({ locale, viewport: { width: 375, height: 740 } });
    await context.route('https://*.shop.example/**', (route) => route.abort());
    await context.route('https://shop.example/**', (route) => route.fulfill({ body: 'the shop' }));
    const page = await context.newPage();
    await page.goto(links.share({ season, variant: 'throw' }));
    expect(await tabStops(page)).toEqual([{ name: words.see, ring: true }]);
    await page.reload();
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForURL(productUrl), page.keyboard.press('Enter')]);
    await context.close();
  });

  it('leads to the shop when there is nothing left to say', async () => {
    const context = await browser.newContext({ locale, viewport: { width: 375, height: 740 } });
    await context.route('https://shop.example/**', (route) => route.fulfill({ body: 'the shop' }));
    const page = await context.newPage();
    const answer = await page.goto(links.share({ season, variant: 'nothing-of-ours' }));
    expect(answer?.status()).toBe(404);
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForURL(shopUrl), page.keyboard.press('Enter')]);
    await context.close();
  });
});

/** Wider than any page: a picture must not push its page apart. */
const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="900"><rect width="2000" height="900" fill="#1f5c46"/></svg>';
