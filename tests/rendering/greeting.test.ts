import { describe, expect, it } from 'vitest';
import { greetingName } from '../../delivery/rendering/greeting-name.ts';
import { formatLocaleOf, languageChain } from '../../delivery/rendering/language-chain.ts';

describe('the greeting', () => {
  it('is the given name in English, and family name first with 님 in Korean', () => {
    expect(greetingName({ givenName: 'Mina', familyName: 'Kim' }, 'en')).toEqual({
      name: 'Mina',
      hasName: true,
    });
    expect(greetingName({ givenName: '민아', familyName: '김' }, 'ko')).toEqual({
      name: '김민아님',
      hasName: true,
    });
    expect(greetingName({ givenName: 'Mina', familyName: 'Kim' }, 'ko').name).toBe('Kim Mina님');
  });

  it('is a neutral word for someone whose name is not known', () => {
    expect(greetingName({}, 'en')).toEqual({ name: 'there', hasName: false });
    expect(greetingName({ givenName: '  ', familyName: null }, 'ko')).toEqual({
      name: '고객님',
      hasName: false,
    });
  });

  it('does not grow beyond forty characters, whatever someone calls themselves', () => {
    expect(greetingName({ givenName: 'x'.repeat(64) }, 'en').name).toHaveLength(40);
    expect(greetingName({ givenName: '가'.repeat(64), familyName: '나'.repeat(64) }, 'ko').name).toHaveLength(
      40,
    );
  });
});

describe('the chain of languages', () => {
  it('goes from the whole tag to its language to the first of the shop', () => {
    expect(languageChain('ko-KR', ['en', 'ko'])).toEqual(['ko-KR', 'ko', 'en']);
    expect(languageChain('zh-Hant-TW', ['en'])).toEqual(['zh-Hant-TW', 'zh-Hant', 'zh', 'en']);
    expect(languageChain(undefined, ['en', 'ko'])).toEqual(['en']);
  });

  it("writes numbers as at the customer's home, but never in another language than the message", () => {
    expect(formatLocaleOf('en-US', 'en')).toBe('en-US');
    expect(formatLocaleOf('pt-BR', 'en')).toBe('en');
    expect(formatLocaleOf('en-notalocale', 'en')).toBe('en');
  });
});
