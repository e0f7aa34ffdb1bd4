import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** The browser that the machine has. @throws with what to install when it has none */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no browser at ${executablePath}. On Debian: apt-get install chromium fonts-noto-cjk. Elsewhere: put the path of a Chromium or Chrome into CHROMIUM.`,
    );
  }
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

/** Where pictures of the pages go, for eyes. */
export const pictures =
  process.env['PERENNIAL_PICTURES'] ?? (await mkdtemp(join(tmpdir(), 'perennial-pages-')));

export const looks = [
  { colorScheme: 'light', width: 375 },
  { colorScheme: 'dark', width: 375 },
  { colorScheme: 'light', width: 1280 },
] as const;

/** A page in each look: photographed, and without anything that a person could not see or read. */
export async function inspect(browser: Browser, url: string, name: string): Promise<void> {
  for (const { colorScheme, width } of looks) {
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 740 } });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('status of 404'))
        problems.push(message.text());
    });
    await page.goto(url);
    await page.screenshot({ path: join(pictures, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    problems.push(...(await problemsOf(page)));
    await context.close();
    if (problems.length > 0)
      throw new Error(`${name} at ${width} px, ${colorScheme}: ${problems.join('; ')}`);
  }
}

/** What a person could not see, read or use; in plain words. */
export async function problemsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`is ${root.scrollWidth} px wide`);
    if (!/^(en|ko)$/.test(root.lang)) found.push('does not say its language');
    if (document.title === '') found.push('has no title');
    if (document.querySelectorAll('h1').length !== 1) found.push('does not have one heading');
    if (document.querySelector('script') !== null) found.push('has a script');

    const textOf = (element: Element) => (element instanceof HTMLElement ? element.innerText.trim() : '');
    for (const control of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
      const labels =
        control instanceof HTMLInputElement ||
        control instanceof HTMLSelectElement ||
        control instanceof HTMLTextAreaElement
          ? [...(control.labels ?? [])]
          : [];
      const isNamed = labels.some((label) => textOf(label) !== '') || control.hasAttribute('aria-label');
      if (!isNamed) found.push(`a ${control.tagName.toLowerCase()} has no label`);
    }
    for (const block of document.querySelectorAll('main *')) {
      const { display } = getComputedStyle(block);
      const holds = block.querySelector('input, select, textarea, img, svg, button, iframe') !== null;
      const isBlock =
        /block|grid|flex/.test(display) && !block.matches('input, select, textarea, img, svg, iframe');
      if (isBlock && !holds && textOf(block) === '') found.push(`an empty ${block.tagName.toLowerCase()}`);
    }
    for (const target of document.querySelectorAll('button, .button, select, label.choice')) {
      const { height } = target.getBoundingClientRect();
      if (height < 44) found.push(`"${textOf(target)}" is only ${height} px high`);
    }

    /** WCAG 2.2, 1.4.3. */
    const channelsOf = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = ([red = 0, green = 0, blue = 0]: number[]) => {
      const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const groundOf = (element: Element | null): number[] => {
      if (element === null)
        return matchMedia('(prefers-color-scheme: dark)').matches ? [0, 0, 0] : [255, 255, 255];
      const ground = channelsOf(getComputedStyle(element).backgroundColor);
      return ground.length === 4 && ground[3] === 0 ? groundOf(element.parentElement) : ground;
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement;
      if (element === null || node.nodeValue?.trim() === '' || element.closest('style, option') !== null)
        continue;
      if (element.getClientRects().length === 0) continue;
      const ink = luminance(channelsOf(getComputedStyle(element).color));
      const ground = luminance(groundOf(element));
      const contrast = (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
      if (contrast < 4.5) found.push(`"${node.nodeValue?.trim()}" has a contrast of ${contrast.toFixed(2)}`);
    }
    return [...new Set(found)];
  });
}

/** What the tab key reaches, one after the other, until it leaves the page; each with its own visible ring. */
export async function tabStops(page: Page): Promise<{ readonly name: string; readonly ring: boolean }[]> {
  const stops: { name: string; ring: boolean }[] = [];
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === null || focused === document.body) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      const value = focused.getAttribute('value') ?? '';
      const name = focused.getAttribute('name') ?? '';
      return {
        name: name === '' ? (focused.textContent ?? '').trim() : `${name}${value === '' ? '' : `=${value}`}`,
        ring: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2,
      };
    });
    if (stop === undefined) return stops;
    stops.push(stop);
  }
  return stops;
}
