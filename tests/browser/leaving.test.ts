import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPreferences } from '../../client/preferences.ts';
import { createUnsubscribe } from '../../client/unsubscribe.ts';
import type { Links } from '../../delivery/links.ts';
import { preferenceRoutes } from '../../http/preferences.ts';
import { unsubscribeRoutes } from '../../http/unsubscribe.ts';
import { createIntake } from '../../intake/create-intake.ts';
import shop from '../../perennial.config.ts';
import { newId } from '../../store/new-id.ts';
import { createTestDatabase, type TestDatabase } from '../kit/database.ts';
import { inspect, openBrowser, pictures, problemsOf, tabStops } from './browser.ts';
import { servePages, type ServedPages } from './page-server.ts';

let now = Date.parse('2026-11-26T10:00:00Z');
const clock = { now: () => now };
let browser: Browser;
let database: TestDatabase;
let served: ServedPages;
let links: Links;
let intake: ReturnType<typeof createIntake>;

beforeAll(async () => {
  browser = await openBrowser();
  database = await createTestDatabase();
  const { db } = database;
  intake = createIntake({ db, journeys: [], clock });
  const unsubscribe = createUnsubscribe({ db, intake, clock });
  const preferences = createPreferences({ db, intake, clock, shop, withdraw: unsubscribe.withdraw });
  const brand = shop.brand.name;
  served = await servePages(
    (links) =>
      unsubscribeRoutes({
        verify: links.verifyUnsubscribe,
        ...unsubscribe,
        preferencesOf: links.preferences,
        brand,
      }),
    (links) => preferenceRoutes({ verify: links.verifyPreferences, preferences, brand }),
  );
  links = served.links;
});
afterAll(async () => {
  console.log(`pictures of the pages: ${pictures}`);
  await browser.close();
  await served.close();
  await database.close();
});

const languages = [
  ['English', 'en-GB'],
  ['Korean', 'ko-KR'],
] as const;

/** Somebody who agreed to these channels; to none of them, when there are none. */
async function somebody(locale: string, channels: readonly string[]): Promise<string> {
  const customerId = newId();
  now += 60_000;
  const tell = (type: string, data: object) =>
    intake.accept([
      { id: `${customerId}/${newId()}`, type, occurredAt: new Date(now).toISOString(), customerId, data },
    ]);
  await tell('customer.subscribed', { source: 'test', locale });
  for (const channel of channels) {
    await tell('consent.changed', { channel, purpose: 'marketing', state: 'granted', basis: 'test' });
  }
  const { id } = await database.db
    .selectFrom('customers')
    .select('id')
    .where('external_id', '=', customerId)
    .executeTakeFirstOrThrow();
  return id;
}

describe.each(languages)('in %s', (language, locale) => {
  it('the unsubscribe page, and the page after it, can be seen and read by everybody', async () => {
    const customer = await somebody(locale, ['email']);
    for (const channel of ['email', 'sms', 'whatsapp'] as const) {
      await inspect(browser, links.unsubscribe({ customer, channel }), `unsubscribe-${channel}-${language}`);
    }
    await inspect(
      browser,
      links.unsubscribe({ customer, channel: 'email' }).slice(0, -1),
      `unknown-${language}`,
    );
  });

  it('the preference page can be seen and read by everybody, with much and with little to show', async () => {
    const much = await somebody(locale, ['email', 'sms', 'whatsapp']);
    await inspect(browser, links.preferences(much), `preferences-${language}`);
    const little = await somebody(locale, []);
    await inspect(browser, links.preferences(little), `preferences-little-${language}`);
  });

  it('somebody leaves by the keyboard alone', async () => {
    const customer = await somebody(locale, ['email', 'sms']);
    const page = await browser.newPage({ viewport: { width: 375, height: 740 } });
    await page.goto(links.unsubscribe({ customer, channel: 'email' }));
    const stops = await tabStops(page);
    expect(stops).toHaveLength(3);
    expect(stops.every(({ ring }) => ring)).toBe(true);
    await page.reload();
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await problemsOf(page)).toEqual([]);
    expect(await page.textContent('h1')).toBe(locale.startsWith('ko') ? '처리되었습니다.' : 'Done.');
    // On to the page where one can choose instead.
    await page.keyboard.press('Tab');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await page.isChecked('[name=channel][value=email]')).toBe(false);
    expect(await page.isChecked('[name=channel][value=sms]')).toBe(true);
    await page.close();
  });

  it('somebody chooses by the keyboard alone, and sees what is true afterwards', async () => {
    const customer = await somebody(locale, ['email', 'sms']);
    const page = await browser.newPage({ viewport: { width: 375, height: 740 } });
    await page.goto(links.preferences(customer));
    const stops = await tabStops(page);
    expect(stops.every(({ ring }) => ring)).toBe(true);
    const topics = Object.keys(shop.topics ?? {}).map((topic) => `topic=${topic}`);
    expect(stops.map(({ name }) => name)).toEqual([
      'channel=email',
      'channel=sms',
      ...topics,
      'pause=keep',
      'language',
      'action=save',
      'action=stop',
    ]);

    await page.reload();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    for (const _ of topics) await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await problemsOf(page)).toEqual([]);
    expect(await page.getAttribute('.saved', 'role')).toBe('status');
    expect(await page.isChecked('[name=channel][value=email]')).toBe(true);
    expect(await page.isChecked('[name=channel][value=sms]')).toBe(false);
    expect(await page.textContent('.state')).toContain('2026');
    await page.screenshot({ path: `${pictures}/preferences-saved-${language}.png`, fullPage: true });
    await page.close();
  });
});
