import { describe, expect, it } from 'vitest';
import { pageLanguage } from '../../http/page.ts';

describe('the language of a page', () => {
  it.each([
    ['ko', 'ko'],
    ['ko-KR', 'ko'],
    ['en-GB', 'en'],
    ['ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7', 'ko'],
    ['en;q=0.1, ko;q=0.9', 'ko'],
    ['fr-FR, fr;q=0.9, ko;q=0.4', 'ko'],
    ['en, ko', 'en'],
    ['KO', 'ko'],
  ])('is what is wanted most of what we have: %s', (wanted, language) => {
    expect(pageLanguage(wanted)).toBe(language);
  });

  it.each([undefined, '', 'fr', '*', 'kok', 'ko;q=0', 'ko;q=0, en', ';;,,', 'x'.repeat(9000)])(
    'is English where we have nothing of it: %s',
    (wanted) => {
      expect(pageLanguage(wanted)).toBe('en');
    },
  );
});
