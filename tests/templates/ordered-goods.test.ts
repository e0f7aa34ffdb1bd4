import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { loadTemplates } from '../../delivery/rendering/load-templates.ts';
import { createRenderer } from '../../delivery/rendering/renderer.ts';
import { productKindOf } from '../../domain/product-kind.ts';
import type { LiveGood, LiveGoods } from '../../domain/message.ts';
import { boughtData, loadBought } from '../../templates/ordered-goods.ts';
import { loadRated, ratedData } from '../../templates/rated-goods.ts';
import { standardFor, templatesFolder } from '../rendering/sample-shop.ts';
import { timeToTry } from '../../workflows/journeys/time-to-try.ts';

const input = { order: '0192f1f0-0000-7000-8000-000000000001' };
const renderer = createRenderer({ templates: await loadTemplates(templatesFolder) });

function contextOf(goods: LiveGoods | undefined) {
  const rating = ({ line = 0 }) => `https://mail.shop.example/r/${line}`;
  return { read: { order: async () => goods }, language: 'en', links: { rating } };
}

function good(line: number, changes: Partial<LiveGood> = {}): LiveGood {
  const units = { quantity: 2, refunded: 0, shipped: 2, delivered: 2, returned: 0 };
  const price = { amount: 450, currency: 'GBP' };
  return {
    line,
    variant: `v-${line}`,
    title: `Thing ${line}`,
    discreet: false,
    gift: false,
    price,
    ...units,
    ...changes,
  };
}

async function bought(...lines: readonly LiveGood[]) {
  const loaded = await loadBought(input, contextOf({ state: 'paid', lines }));
  return 'data' in loaded ? boughtData.parse(loaded.data) : loaded.nothingToSay;
}

async function rated(...lines: readonly LiveGood[]) {
  const loaded = await loadRated(input, contextOf({ state: 'paid', lines }));
  return 'data' in loaded ? ratedData.parse(loaded.data) : loaded.nothingToSay;
}

describe('what was bought', () => {
  it('is what the customer has kept, unit by unit', async () => {
    const goods = await bought(
      good(1, { refunded: 1 }),
      good(2, { returned: 2 }),
      good(3, { refunded: 1, returned: 1 }),
    );
    expect(goods).toMatchObject({
      lines: [
        { title: 'Thing 1', quantity: 1 },
        { title: 'Thing 3', quantity: 1 },
      ],
      others: 1,
      more: 0,
    });
  });

  it('is nothing to speak of when it is over, unknown, empty or all back', async () => {
    const why = async (goods: LiveGoods | undefined) => loadBought(input, contextOf(goods));
    expect(await why(undefined)).toEqual({ nothingToSay: 'order-unknown' });
    expect(await why({ state: 'cancelled', lines: [good(1)] })).toEqual({ nothingToSay: 'order-cancelled' });
    expect(await why({ state: 'refunded', lines: [good(1)] })).toEqual({ nothingToSay: 'order-refunded' });
    expect(await why({ state: 'paid', lines: [] })).toEqual({ nothingToSay: 'order-without-lines' });
    expect(await bought(good(1, { refunded: 2 }))).toBe('all-lines-refunded');
  });

  it.each<[string, Partial<LiveGood>]>([
    ['a gift', { gift: true }],
    ['discreet', { discreet: true }],
  ])('is not named where others read it when it is %s', async (_, changes) => {
    expect(await bought(good(1, changes))).not.toHaveProperty('showpiece');
    expect(await bought(good(1, changes), good(2))).toMatchObject({ showpiece: 'Thing 2' });
  });

  it('is not named where others read it when nobody has told us what it is', async () => {
    const { title: _, ...untitled } = good(1);
    expect(await bought(untitled)).toMatchObject({ lines: [{ title: 'v-1' }] });
    expect(await bought(untitled)).not.toHaveProperty('showpiece');
  });

  it('has room for five lines, and counts the rest', async () => {
    const goods = await bought(...[1, 2, 3, 4, 5, 6, 7].map((line) => good(line)));
    expect(goods).toMatchObject({ others: 6, more: 2 });
    expect(typeof goods === 'object' && goods.lines).toHaveLength(5);
  });

  it('fits into a message whatever the shop calls it', async () => {
    const title = '🧶'.repeat(300);
    const goods = await bought(
      good(1, { title, url: `https://shop.example/${'x'.repeat(600)}`, image: 'http://x' }),
    );
    expect(goods).toMatchObject({ lines: [{ title: expect.stringMatching(/^(🧶){59}…$/u) }] });
    expect(typeof goods === 'object' && Object.keys(goods.lines[0] ?? {})).toEqual([
      'title',
      'quantity',
      'gift',
    ]);
  });

  it('has no price in its data, so that no template can show one', () => {
    expect(JSON.stringify(z.toJSONSchema(boughtData))).not.toMatch(/price|amount|currency/);
  });
});

describe('what can be rated', () => {
  it('has a link for each line, and one for all', async () => {
    expect(await rated(good(1), good(4))).toMatchObject({
      lines: [{ rating: 'https://mail.shop.example/r/1' }, { rating: 'https://mail.shop.example/r/4' }],
      ratingOfAll: 'https://mail.shop.example/r/0',
      count: 2,
    });
  });

  it('is neither a gift nor what went back', async () => {
    expect(await rated(good(1, { gift: true }), good(2, { refunded: 2 }), good(3))).toMatchObject({
      lines: [{ title: 'Thing 3' }],
    });
    expect(await rated(good(1, { gift: true }))).toBe('nothing-to-rate');
  });

  it('is what has arrived, or all of it where nobody tells of arrivals', async () => {
    expect(await rated(good(1), good(2, { delivered: 0 }))).toMatchObject({ lines: [{ title: 'Thing 1' }] });
    expect(await rated(good(1, { delivered: 0 }), good(2, { delivered: 0 }))).toMatchObject({ count: 2 });
    expect(await rated(good(1, { gift: true }), good(2, { delivered: 0 }))).toBe('nothing-to-rate');
  });
});

describe('the Korean words', () => {
  const subjectOf = (showpiece: string, name = '고객님') => {
    const data = { ...boughtData.parse(sample), showpiece, others: 0 };
    const mail = renderer.render({
      message: 'thank-you-first',
      channel: 'email',
      languages: ['ko'],
      data,
      standard: standardFor({ name, hasName: name !== '고객님', locale: 'ko-KR' }),
    });
    return mail.channel === 'email' ? `${mail.subject} ${mail.html}` : '';
  };
  const sample = {
    lines: [{ title: '녹차', quantity: 1, gift: false }],
    others: 0,
    more: 0,
    hasFood: false,
    hasElectronics: false,
    hasSkincare: false,
  };

  it('follow the last letter of the product with their particle', () => {
    expect(subjectOf('녹차')).toContain('녹차를 선택');
    expect(subjectOf('하얀 그릇')).toContain('하얀 그릇을 선택');
  });

  it('greet by name, and politely where there is none', () => {
    expect(subjectOf('녹차', '김민아님')).toContain('김민아님, 첫 주문');
    expect(subjectOf('녹차')).toContain('고객님, 첫 주문');
  });
});

describe('the time to try', () => {
  it.each([
    ['Food & Drink', 'food'],
    ['건강식품', 'food'],
    ['Consumer electronics', 'electronics'],
    ['가전', 'electronics'],
    ['Skin care', 'skincare'],
    ['화장품', 'skincare'],
    ['Garden', 'other'],
    [undefined, 'other'],
    [null, 'other'],
  ] as const)('counts %s as %s', (category, kind) => {
    expect(productKindOf(category)).toBe(kind);
  });

  it('is that of what takes longest', () => {
    expect(timeToTry(['food'])).toBe('4 days');
    expect(timeToTry(['food', 'other'])).toBe('7 days');
    expect(timeToTry(['food', 'electronics', 'other'])).toBe('14 days');
    expect(timeToTry(['skincare', 'electronics'])).toBe('21 days');
    expect(timeToTry([])).toBe('7 days');
  });
});
