import { join } from 'node:path';
import Handlebars from 'handlebars';
import mjml2html from 'mjml';
import { createLinks } from '../delivery/links.ts';
import { compileTemplates } from '../delivery/rendering/compile.ts';
import { compose } from '../delivery/rendering/compose.ts';
import { templateHelpers } from '../delivery/rendering/helpers/index.ts';
import { createRenderer, type RenderRequest } from '../delivery/rendering/renderer.ts';
import { plainTextOf } from '../delivery/rendering/plain-text.ts';
import { readTemplateFiles, type TemplateFiles } from '../delivery/rendering/template-files.ts';
import config from '../perennial.config.ts';
import { newId } from '../store/new-id.ts';
import { cartSample, type CartData } from '../templates/live-cart.ts';
import type { BenchOptions, Figures } from './main.ts';

const rounds = 5;
const referencePerRound = 25;
const oursPerRound = 5_000;

/** The shipped mail, lean on purpose, and one of the size that shops build from MJML's own components. */
const mails = [
  { folder: '../templates', message: 'cart-reminder' },
  { folder: 'render-mail', message: 'cart' },
] as const;

/**
 * Ours (everything precompiled) against MJML for each message, which is what most tools do. Both make the same three
 * things, subject, HTML and text part, from the same template, alternately, so that a busy machine slows both.
 */
export async function run({ say }: BenchOptions): Promise<Figures> {
  const [shipped, sized] = [await compare(mails[0], say), await compare(mails[1], say)];
  return {
    ratio: sized.ratio,
    perSecond: sized.perSecond,
    shippedRatio: shipped.ratio,
    shippedPerSecond: shipped.perSecond,
  };
}

async function compare(mail: (typeof mails)[number], say: BenchOptions['say']) {
  const files = await readTemplateFiles(join(import.meta.dirname, mail.folder));
  const { templates, faults } = await compileTemplates(files);
  const [fault] = faults;
  if (fault !== undefined) throw new Error(`${fault.file}:${fault.line} ${fault.sentence}`);
  const { render } = createRenderer({ templates });
  const reference = createReference(files, mail.message);
  const ask = (index: number) => requestOf(mail.message, index);

  const bytes = (await reference(ask(0))).html.length;
  say(`${mail.message}, ${(bytes / 1000).toFixed(1)} KB:`);
  for (let index = 0; index < 2_000; index += 1) render(ask(index));
  const results: { slow: number; fast: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const slow = await perSecond(referencePerRound, async (index) => reference(ask(index)));
    const fast = perSecondNow(oursPerRound, (index) => render(ask(index)));
    results.push({ slow, fast });
    say(
      `  MJML per message ${slow.toFixed(0)}/s, precompiled ${fast.toFixed(0)}/s, ${(fast / slow).toFixed(0)} times`,
    );
  }
  return {
    ratio: Math.round(median(results.map(({ slow, fast }) => fast / slow))),
    perSecond: Math.round(median(results.map(({ fast }) => fast))),
  };
}

/** The peers' way: Handlebars, cached, fills the MJML; MJML makes HTML of each result, and the text part is made of that. */
function createReference(files: TemplateFiles, message: string) {
  const handlebars = Handlebars.create();
  for (const [name, helper] of Object.entries(templateHelpers)) {
    handlebars.registerHelper(name, (...values: unknown[]) => {
      const { hash } = values.at(-1) as Handlebars.HelperOptions;
      return helper.run(values.slice(0, -1), { locale: 'en-GB', timeZone: 'UTC', named: hash });
    });
  }
  const fill = handlebars.compile(compose(files, `${message}/en/email.mjml`).text, { strict: true });
  const fillSubject = handlebars.compile(compose(files, `${message}/en/subject.hbs`).text, { strict: true });
  return async ({ data, standard }: RenderRequest) => {
    const context = { ...Object(data), ...standard, language: 'en', direction: 'ltr' };
    const { html } = await mjml2html(fill(context), {
      validationLevel: 'soft',
      ignoreIncludes: true,
      fonts: {},
    });
    return { subject: fillSubject(context), html, text: plainTextOf(html) };
  };
}

/** A cart of five lines with pictures; no two messages are alike. */
function requestOf(message: string, index: number): RenderRequest {
  return {
    message,
    channel: 'email',
    languages: ['en'],
    data: { ...cart, firstTitle: `Linen throw ${index}`, cartUrl: `https://shop.example/cart/${index}` },
    // As marketing leaves: each link of the shop's leads over one of ours. Whose mail it is was sealed by delivery, before.
    follow,
    standard: {
      brand: config.brand,
      customer: { name: `Mina ${index}`, hasName: true, locale: 'en-GB', timeZone: 'Europe/London' },
      links: {
        unsubscribe: `https://shop.example/u/${index}`,
        preferences: `https://shop.example/p/${index}`,
      },
    },
  };
}

const { follow } = createLinks({
  publicUrl: 'https://mail.shop.example',
  secret: 'a secret of thirty-two characters',
  clickDomains: ['shop.example'],
}).clicks.of({ delivery: newId(), channel: 'email', at: Date.now() });

const [line] = cartSample.lines;
const cart: CartData = {
  ...cartSample,
  lines: Array.from({ length: 5 }, (_, index) => ({
    ...(line ?? { title: '', quantity: 1, price: money(0), lineTotal: money(0), dearer: false }),
    title: `Linen throw no. ${index}`,
    price: money(1000 + index),
    image: `https://shop.example/images/${index}.jpg`,
    url: `https://shop.example/p/${index}`,
  })),
  count: 5,
  others: 4,
};

function money(amount: number) {
  return { amount, currency: 'GBP' };
}

async function perSecond(count: number, work: (index: number) => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  for (let index = 0; index < count; index += 1) await work(index);
  return count / secondsSince(start);
}

/** Without a promise per message, which would be part of what is measured. */
function perSecondNow(count: number, work: (index: number) => unknown): number {
  const start = process.cpuUsage();
  for (let index = 0; index < count; index += 1) work(index);
  return count / secondsSince(start);
}

/** Seconds of a core, not of the clock: what else the machine does is not our work. */
function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000_000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
