import fc from 'fast-check';
import { split } from 'split-sms';
import { describe, expect, it } from 'vitest';
import { sizeOfSms } from '../../delivery/rendering/sms-segments.ts';

describe('SMS segments', () => {
  it('takes 160 characters of the GSM alphabet in one segment and 153 in each of several', () => {
    expect(sizeOfSms('a'.repeat(160))).toEqual({ encoding: 'gsm-7', segments: 1 });
    expect(sizeOfSms('a'.repeat(161))).toEqual({ encoding: 'gsm-7', segments: 2 });
    expect(sizeOfSms('a'.repeat(306))).toEqual({ encoding: 'gsm-7', segments: 2 });
    expect(sizeOfSms('a'.repeat(307))).toEqual({ encoding: 'gsm-7', segments: 3 });
  });

  it('takes 70 characters of Hangul in one segment and 67 in each of several', () => {
    expect(sizeOfSms('가'.repeat(70))).toEqual({ encoding: 'ucs-2', segments: 1 });
    expect(sizeOfSms('가'.repeat(71))).toEqual({ encoding: 'ucs-2', segments: 2 });
    expect(sizeOfSms('가'.repeat(135))).toEqual({ encoding: 'ucs-2', segments: 3 });
  });

  it('counts the characters of the extension table twice, and does not take them for Unicode', () => {
    expect(sizeOfSms('€'.repeat(80))).toEqual({ encoding: 'gsm-7', segments: 1 });
    expect(sizeOfSms('€'.repeat(81))).toEqual({ encoding: 'gsm-7', segments: 2 });
  });

  it('never splits an escaped character or an emoji between two segments', () => {
    expect(sizeOfSms(`${'a'.repeat(152)}€${'a'.repeat(152)}`).segments).toBe(3);
    expect(sizeOfSms(`${'가'.repeat(66)}😀${'가'.repeat(66)}`).segments).toBe(3);
  });

  it('agrees with an independent counter on any text', () => {
    const characters = fc.constantFrom(...Array.from('aZ09 @£\n€^{}[]|~\\ñäàÇ'), '가', '힣', '😀', '"', '’');
    const text = fc.array(characters, { maxLength: 700 }).map((each) => each.join(''));
    fc.assert(
      fc.property(text, (message) => {
        const { characterSet, parts } = split(message);
        expect(sizeOfSms(message)).toEqual({
          encoding: characterSet === 'GSM' ? 'gsm-7' : 'ucs-2',
          segments: parts.length,
        });
      }),
      { numRuns: 400 },
    );
  });
});
