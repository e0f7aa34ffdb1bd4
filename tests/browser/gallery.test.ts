import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { galleryPage, widths } from '../../cli/gallery/gallery-page.ts';
import { listExhibits, type Exhibit } from '../../cli/gallery/list-exhibits.ts';
import { loadTemplatesOf } from '../../delivery/rendering/load-templates.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import shop from '../../perennial.config.ts';
import { messages } from '../../templates/index.ts';
import { checkout } from '../kit/checkout.ts';
import { inspect, openBrowser, tabStops } from './browser.ts';

const shown = Object.keys(messages).slice(0, 3);

let browser: Browser;
let folder: string;
let url: string;
let exhibits: Exhibit[];

beforeAll(async () => {
  browser = await openBrowser();
  const renderer = createRenderer({ templates: await loadTemplatesOf(checkout) });
  exhibits = listExhibits({ messages, renderer, shop });
  folder = await mkdtemp(join(tmpdir(), 'perennial-gallery-'));
  const file = join(folder, 'gallery.html');
  // The page is made of equal parts; three messages show all of it, and every mail is looked at below.
  await writeFile(
    file,
    galleryPage(
      shop.brand.name,
      exhibits.filter(({ message }) => shown.includes(message)),
    ),
  );
  url = pathToFileURL(file).href;
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

describe('the gallery in a browser', () => {
  it('can be read on a phone and a desk, in light and dark', async () => {
    await inspect(browser, url, 'gallery');
  });

  it('can be walked through with the keyboard', async () => {
    const page = await browser.newPage();
    await page.goto(url);
    const stops = await tabStops(page);
    const names = stops.map(({ name }) => name);
    expect(names.slice(0, 3)).toEqual(shown);
    // Within a frame it is the mail's own links that are reached.
    const ours = stops.filter(({ name }) => name !== '');
    expect(ours.filter(({ ring }) => !ring)).toEqual([]);
    await page.close();
  });

  it('lets its mails do nothing: no script of a mail is run', async () => {
    const page = await browser.newPage();
    const run: string[] = [];
    page.on('console', (message) => void (message.type() === 'log' && run.push(message.text())));
    const [first] = exhibits.filter(({ rendered }) => rendered.channel === 'email');
    if (first?.rendered.channel !== 'email') throw new Error('there is a mail');
    const hostile = {
      ...first,
      rendered: { ...first.rendered, html: '<script>console.log("ran")</script>' },
    };
    await page.setContent(galleryPage('Hostile', [hostile]));
    await page.waitForTimeout(300);
    expect(run).toEqual([]);
    await page.close();
  });
});

describe('a mail with full data, and with the least', () => {
  it.each(widths)('fits into %i px and has no block that says nothing', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 740 } });
    const problems: string[] = [];
    for (const { message, language, sample, rendered } of exhibits) {
      if (rendered.channel !== 'email') continue;
      await page.setContent(rendered.html, { waitUntil: 'domcontentloaded' });
      const found = await problemsOfMail(page);
      problems.push(...found.map((problem) => `${message} ${language} ${sample}: ${problem}`));
    }
    await page.close();
    expect(problems).toEqual([]);
  });
});

/** Tables and spacers of a mail are empty by design; what stands for words is not. */
async function problemsOfMail(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) found.push(`is ${scrollWidth} px wide`);
    for (const block of document.querySelectorAll('h1, h2, h3, p, a, li, .heading, .text, .card')) {
      const words = block instanceof HTMLElement ? block.innerText.trim() : '';
      if (words === '' && block.querySelector('img') === null)
        found.push(`an empty ${block.outerHTML.slice(0, 80)}`);
    }
    return found;
  });
}
