import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Links } from '../../delivery/links.ts';
import { ratingRoutes } from '../../http/rating.ts';
import { newId } from '../../store/new-id.ts';
import { inspect, openBrowser, tabStops } from './browser.ts';
import { servePages, type ServedPages } from './page-server.ts';

let browser: Browser;
let served: ServedPages;
let links: Links;
const order = newId();
/** Goods by language: the page itself is what is looked at here; what it records is in `tests/http/rating.test.ts`. */
let sheet = { locale: 'en', lines: [{ line: 1, title: 'Linen throw, moss green' }] };

beforeAll(async () => {
  browser = await openBrowser();
  const answers = { sheet: async () => sheet, rate: async () => undefined, brand: 'North & Pine' };
  served = await servePages((links) => ratingRoutes({ verify: links.verifyRating, ...answers }));
  links = served.links;
});
afterAll(async () => {
  await browser.close();
  await served.close();
});

describe.each([
  ['en', 'Linen throw, moss green'],
  ['ko', '이끼색 리넨 담요, 아주 길어서 한 줄에 들어가지 않는 상품 이름'],
])('the rating page in %s', (locale, title) => {
  it('can be seen and read by everybody', async () => {
    sheet = { locale, lines: [1, 2].map((line) => ({ line, title })) };
    await inspect(browser, links.rating({ order }), `rating-${locale}`);
    await inspect(browser, `${links.rating({ order })}?stars=4`, `rating-tapped-${locale}`);
    sheet = { locale, lines: [] };
    await inspect(browser, links.rating({ order }), `rating-over-${locale}`);
  });

  it('is reached by the tab key, with a ring around each stop', async () => {
    sheet = { locale, lines: [{ line: 1, title }] };
    const page = await browser.newPage({ viewport: { width: 375, height: 740 } });
    await page.goto(links.rating({ order }));
    const stops = await tabStops(page);
    expect(stops.length).toBeGreaterThanOrEqual(2);
    expect(stops.filter(({ ring }) => !ring)).toEqual([]);
    await page.close();
  });
});
