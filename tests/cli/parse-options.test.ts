import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../cli/parse-options.ts';

describe('an instant on the command line', () => {
  it.each([
    ['2027-02-28', '2027-02-28T00:00:00.000Z'],
    ['2028-02-29T23:30:00-05:00', '2028-03-01T04:30:00.000Z'],
    ['2027-03-28T10:00Z', '2027-03-28T10:00:00.000Z'],
  ])('is read: %s', (text, instant) => {
    expect(new Date(parseInstant(text)).toISOString()).toBe(instant);
  });

  it.each([
    '2027-02-30',
    '2027-02-29T10:00:00Z',
    '2027-04-31T10:00:00+09:00',
    '2027-13-01',
    '2027-02-28T10:00:00',
    'now',
  ])('is refused when there is no such day, or no offset: %s', (text) => {
    expect(() => parseInstant(text)).toThrow('is not an instant');
  });
});
