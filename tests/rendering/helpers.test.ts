import { describe, expect, it } from 'vitest';
import { templateHelpers } from '../../delivery/rendering/helpers/index.ts';
import { particleFor } from '../../delivery/rendering/helpers/particle.ts';

function call(name: string, values: readonly unknown[], locale = 'en-GB', named = {}): string {
  return templateHelpers[name]?.run(values, { locale, timeZone: 'Asia/Seoul', named }) ?? '';
}

describe('money', () => {
  it('writes an amount in the minor units of its currency and the customs of the locale', () => {
    expect(call('money', [{ amount: 255, currency: 'GBP' }])).toBe('£2.55');
    expect(call('money', [{ amount: 12900, currency: 'KRW' }], 'ko-KR')).toBe('₩12,900');
    expect(call('money', [{ amount: 123456, currency: 'BRL' }], 'pt-BR')).toBe('R$\u00a01.234,56');
    expect(call('money', [{ amount: -5, currency: 'USD' }], 'en-US')).toBe('-$0.05');
  });

  it('does not round amounts that a division would round', () => {
    expect(call('money', [{ amount: 9007199254740991, currency: 'GBP' }])).toBe('£90,071,992,547,409.91');
  });

  it('gives the same text again for an amount that it has seen', () => {
    expect(call('money', [{ amount: 777, currency: 'GBP' }])).toBe(
      call('money', [{ amount: 777, currency: 'GBP' }]),
    );
  });

  it('refuses what is no money', () => {
    expect(() => call('money', [12])).toThrow('minor units');
    expect(() => call('money', [{ amount: 1.5, currency: 'GBP' }])).toThrow('minor units');
  });
});

describe('date', () => {
  it('writes an instant in the zone and locale of the customer', () => {
    expect(call('date', ['2026-11-22T20:00:00Z'])).toBe('23 November 2026');
    expect(call('date', [Date.parse('2026-11-22T20:00:00Z')], 'ko-KR')).toBe('2026년 11월 23일');
    expect(call('date', ['2026-11-22T20:00:00Z'], 'en-US', { style: 'time' })).toMatch(/^5:00\sAM$/);
  });

  it('refuses a style it does not know and what is no instant', () => {
    expect(() => call('date', ['2026-11-22T20:00:00Z'], 'en', { style: 'fancy' })).toThrow('knows day');
    expect(() => call('date', ['soon'])).toThrow('instant');
  });
});

describe('particle', () => {
  it('follows the last sound of a Korean word', () => {
    expect(['머그컵', '담요', '책', '나무'].map((word) => word + particleFor(word, '이/가'))).toEqual([
      '머그컵이',
      '담요가',
      '책이',
      '나무가',
    ]);
    expect(particleFor('컵', '을/를')).toBe('을');
    expect(particleFor('차', '은/는')).toBe('는');
    expect(['컵', '차'].map((word) => particleFor(word, '와/과'))).toEqual(['과', '와']);
  });

  it('takes 로 after ㄹ, but 으로 after any other final', () => {
    expect(['서울', '부산', '제주'].map((place) => particleFor(place, '으로/로'))).toEqual([
      '로',
      '으로',
      '로',
    ]);
  });

  it('reads digits and Latin letters as they are spoken', () => {
    expect(['2026', '1', '3', '10', '5'].map((number) => particleFor(number, '이/가'))).toEqual([
      '이',
      '이',
      '이',
      '이',
      '가',
    ]);
    expect(['Linen', 'Mug', 'Table', 'USB', 'XL'].map((word) => particleFor(word, '은/는'))).toEqual([
      '은',
      '는',
      '은',
      '는',
      '은',
    ]);
  });

  it('does not count brackets and punctuation, which nobody speaks', () => {
    expect(particleFor('머그컵 (2개)', '이/가')).toBe('이');
    expect(particleFor('"담요"', '이/가')).toBe('가');
    expect(particleFor('', '이/가')).toBe('가');
  });
});

describe('plural', () => {
  it('chooses by the rules of the language', () => {
    const words = { one: '# item', other: '# items' };
    expect(call('plural', [1], 'en', words)).toBe('1 item');
    expect(call('plural', [1200], 'en', words)).toBe('1,200 items');
    expect(call('plural', [1], 'ko', { other: '#개' })).toBe('1개');
  });
});

describe('url', () => {
  it('lets https through, and http to this machine for a demo', () => {
    expect(call('url', ['https://shop.example/a?b=1'])).toBe('https://shop.example/a?b=1');
    expect(call('url', ['http://127.0.0.1:8080/u/x'])).toBe('http://127.0.0.1:8080/u/x');
  });

  it.each([
    'http://shop.example',
    'javascript:alert(1)',
    'http://127.0.0.1.evil.example/',
    'https://a b',
    'https://x/"><b>',
    '',
    7,
  ])('does not let %s through', (link) => {
    expect(() => call('url', [link])).toThrow('https');
  });
});

describe('shorten', () => {
  it('cuts at a whole character and never over the limit', () => {
    expect(call('shorten', ['Linen throw', 24])).toBe('Linen throw');
    expect(call('shorten', ['Linen throw, moss green', 12])).toBe('Linen throw…');
    expect(call('shorten', ['👨‍👩‍👧 family', 5])).toBe('…');
  });
});

describe('inkOn', () => {
  it('is white on dark colours and black on light ones', () => {
    expect(call('inkOn', ['#1f5c46'])).toBe('#ffffff');
    expect(call('inkOn', ['#ffe08a'])).toBe('#111111');
  });
});
