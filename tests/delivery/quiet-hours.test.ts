import fc from 'fast-check';
import { Temporal as TC39 } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { customerZones } from '../../delivery/policy/customer-zones.ts';
import { everyDay } from '../../delivery/policy/law/law-table.ts';
import { nextOpening, startOfDayIn } from '../../delivery/policy/open-hours.ts';

const daytime = { from: '10:00', to: '20:00' };
const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : new Date(instant).toISOString();
const nextAllowed = (at: number, { from, to }: { from: string; to: string }, zones: readonly string[]) =>
  nextOpening(
    at,
    zones.map((zone) => ({ zone, week: everyDay(from, to) })),
  )?.from;
const next = (at: string, hours: { from: string; to: string }, ...zones: string[]) =>
  iso(nextAllowed(Date.parse(at), hours, zones));

describe('the next decent hour', () => {
  it('is now by day, opens on the hour and closes on the hour', () => {
    expect(next('2026-11-26T10:00:00Z', daytime, 'Europe/London')).toBe('2026-11-26T10:00:00.000Z');
    expect(next('2026-11-26T19:59:59Z', daytime, 'Europe/London')).toBe('2026-11-26T19:59:59.000Z');
    expect(next('2026-11-26T20:00:00Z', daytime, 'Europe/London')).toBe('2026-11-27T10:00:00.000Z');
    expect(next('2026-11-26T09:59:59Z', daytime, 'Europe/London')).toBe('2026-11-26T10:00:00.000Z');
  });

  it('may span midnight', () => {
    const late = { from: '18:00', to: '02:00' };
    expect(next('2026-11-26T01:30:00Z', late, 'Europe/London')).toBe('2026-11-26T01:30:00.000Z');
    expect(next('2026-11-26T02:00:00Z', late, 'Europe/London')).toBe('2026-11-26T18:00:00.000Z');
  });

  it('keeps to the wall clock when the clocks change', () => {
    // British Summer Time ends on 25 October 2026 and begins on 28 March 2027.
    expect(next('2026-10-24T19:30:00Z', daytime, 'Europe/London')).toBe('2026-10-25T10:00:00.000Z');
    expect(next('2027-03-27T20:30:00Z', daytime, 'Europe/London')).toBe('2027-03-28T09:00:00.000Z');
  });

  it('opens when the clocks jump over its opening time', () => {
    const early = { from: '01:30', to: '20:00' };
    expect(next('2027-03-28T00:15:00Z', early, 'Europe/London')).toBe('2027-03-28T01:00:00.000Z');
  });

  it('is one in which all zones of a country agree', () => {
    // Ten o'clock in Honolulu is three in the afternoon in New York.
    expect(next('2026-11-26T16:00:00Z', daytime, 'America/New_York', 'Pacific/Honolulu')).toBe(
      '2026-11-26T20:00:00.000Z',
    );
  });

  it('does not exist when zones lie too far apart', () => {
    expect(next('2026-11-26T16:00:00Z', daytime, 'Europe/Kaliningrad', 'Asia/Kamchatka')).toBeUndefined();
  });

  it('is a new day in every zone', () => {
    expect(iso(startOfDayIn('2026-11-27', ['Asia/Seoul', 'Europe/London']))).toBe('2026-11-27T00:00:00.000Z');
    // In São Paulo the clocks of 2018 jumped over midnight.
    expect(iso(startOfDayIn('2018-11-04', ['America/Sao_Paulo']))).toBe('2018-11-04T03:00:00.000Z');
  });

  it('is always decent, never earlier than asked, and never later than it must be', () => {
    const zones = [
      'Europe/London',
      'America/New_York',
      'Asia/Seoul',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
    ];
    const time = fc
      .tuple(fc.nat(23), fc.constantFrom('00', '30'))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${m}`);
    const instant = fc.integer({ min: Date.parse('2018-01-01'), max: Date.parse('2028-01-01') });
    fc.assert(
      fc.property(instant, fc.constantFrom(...zones), time, time, (at, zone, from, to) => {
        const found = nextAllowed(at, { from, to }, [zone]);
        if (found === undefined) throw new Error('one zone always has a next hour');
        const isDecent = (when: number) => {
          const local = TC39.Instant.fromEpochMilliseconds(when)
            .toZonedDateTimeISO(zone)
            .toPlainTime()
            .toString();
          const clock = local.slice(0, 5);
          if (from === to) return true;
          return from < to ? clock >= from && clock < to : clock >= from || clock < to;
        };
        expect(isDecent(found)).toBe(true);
        expect(found).toBeGreaterThanOrEqual(at);
        for (let when = at; when < found; when += 7 * 60_000) expect(isDecent(when)).toBe(false);
      }),
      { numRuns: 400 },
    );
  });
});

describe('where a customer may be', () => {
  const home = { timeZone: 'Europe/London' };
  const customer = { timeZone: null, timeZoneSource: null, country: null };

  it('is what was stated', () => {
    const stated = { timeZone: 'Asia/Seoul', timeZoneSource: 'stated', country: 'US' } as const;
    expect(customerZones(stated, home)).toEqual({ zones: ['Asia/Seoul'], from: 'stated' });
  });

  it('is all of the country when only that is known, also when a zone was guessed from it', () => {
    const guessed = { timeZone: 'America/New_York', timeZoneSource: 'country', country: 'US' } as const;
    const { zones, from } = customerZones(guessed, home);
    expect(from).toBe('country');
    expect(zones).toEqual(expect.arrayContaining(['America/New_York', 'Pacific/Honolulu']));
    expect(customerZones({ ...customer, country: 'KR' }, home)).toEqual({
      zones: ['Asia/Seoul'],
      from: 'country',
    });
  });

  it('is the shop’s home when nothing is known, or the country is none', () => {
    expect(customerZones(customer, home)).toEqual({ zones: ['Europe/London'], from: 'shop' });
    expect(customerZones({ ...customer, country: 'ZZ' }, home).from).toBe('shop');
  });
});
