import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { galleryPage } from '../../cli/gallery/gallery-page.ts';
import { leastSample } from '../../cli/gallery/least-sample.ts';
import { listExhibits, type Exhibit } from '../../cli/gallery/list-exhibits.ts';
import { loadTemplatesOf } from '../../delivery/rendering/load-templates.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import shop from '../../perennial.config.ts';
import { messages } from '../../templates/index.ts';
import { checkout } from '../kit/checkout.ts';

describe('the least sample', () => {
  const schema = z.strictObject({
    title: z.string(),
    image: z.string().optional(),
    lines: z.array(z.strictObject({ name: z.string(), url: z.string().optional() })).min(1),
    ideas: z.array(z.string()),
  });
  const full = {
    title: 'tea',
    image: 'https://shop.example/tea.png',
    lines: [{ name: 'green', url: 'https://shop.example' }, { name: 'black' }],
    ideas: ['a mug'],
  };
  const accepts = (data: unknown) => schema.safeParse(data).success;

  it('leaves out what may be absent, at every depth, and keeps what may not', () => {
    expect(leastSample(full, accepts)).toEqual({ title: 'tea', lines: [{ name: 'green' }], ideas: [] });
  });

  it('does not change the sample that it is made of', () => {
    leastSample(full, accepts);
    expect(full.lines).toHaveLength(2);
  });
});

describe('the gallery', () => {
  let exhibits: Exhibit[];
  let page: string;

  beforeAll(async () => {
    const renderer = createRenderer({ templates: await loadTemplatesOf(checkout) });
    exhibits = listExhibits({ messages, renderer, shop });
    page = galleryPage(shop.brand.name, exhibits);
  });

  it('shows every message in every language with both samples', () => {
    const shown = new Set(
      exhibits.map(({ message, language, sample }) => `${message} ${language} ${sample}`),
    );
    const wanted = Object.keys(messages).flatMap((message) =>
      shop.locales.supported.flatMap((language) => [
        `${message} ${language} full`,
        `${message} ${language} least`,
      ]),
    );
    expect([...shown].toSorted()).toEqual(wanted.toSorted());
  });

  it('shows each mail at both widths, in frames that may do nothing', () => {
    const mails = exhibits.filter(({ rendered }) => rendered.channel === 'email');
    expect(page.match(/<iframe class="w375" sandbox=""/g)).toHaveLength(mails.length);
    expect(page.match(/<iframe class="w640" sandbox=""/g)).toHaveLength(mails.length);
  });

  it('says how many segments a text message takes and what it costs', () => {
    expect(page).toMatch(/\d segments?, about [\d.]+ USD/);
  });

  it('greets nobody by name where nobody knows it', () => {
    const least = exhibits.filter(({ sample }) => sample === 'least');
    expect(least.filter(({ rendered }) => /Mina|민아/.test(rendered.text))).toEqual([]);
  });

  it('adds the law of Korea to Korean marketing, and not to English', () => {
    const marketing: ReadonlySet<string> = new Set(
      Object.values(messages)
        .filter(({ purpose }) => purpose === 'marketing')
        .map(({ name }) => name),
    );
    const subjects = exhibits.flatMap(({ message, language, rendered }) =>
      rendered.channel === 'email' && marketing.has(message)
        ? [{ language, marked: rendered.subject.startsWith('(광고)') }]
        : [],
    );
    expect(subjects.filter(({ language, marked }) => marked !== (language === 'ko'))).toEqual([]);
  });

  it('needs no script, and forbids it', () => {
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script/i);
  });
});
