import { describe, expect, it } from 'vitest';
import { validitySecondsOf } from '../../delivery/channels/twilio/validity-period.ts';
import { customerZones } from '../../delivery/policy/customer-zones.ts';
import { judge } from '../../delivery/policy/judge.ts';
import type { CustomerZones, SendCase } from '../../delivery/policy/send-facts.ts';
import { caseOf, hour } from './somebody.ts';

/**
 * The hours in which a text message may arrive, worked out a second time and in another way: every quarter of an hour of
 * a year is asked what the clock on the wall shows, straight from Intl, and a table written by hand says whether that is a
 * decent hour. The year holds both days on which clocks change, in each zone that has them.
 */
const quarter = 15 * 60_000;
const yearFrom = Date.parse('2026-06-30T00:00:00Z');
const quarters = Array.from({ length: 367 * 96 }, (_, index) => yearFrom + index * quarter);

type Wall = readonly [day: string, clock: string];
/** Hours from a table: `mo` to `su`, `HH:MM` until before `HH:MM`. */
type Rule = (wall: Wall) => boolean;
const between =
  (from: string, to: string): Rule =>
  ([, clock]) =>
    clock >= from && clock < to;
const never: Rule = () => false;
const week =
  (monToSat: Rule, sun: Rule): Rule =>
  (wall) =>
    wall[0] === 'Sun' ? sun(wall) : monToSat(wall);

interface Place {
  readonly of: string;
  readonly country: string;
  readonly region?: string;
  /** Stated by the customer; without one, all zones of `zones` count. */
  readonly zone?: string;
  readonly zones: readonly string[];
  readonly night?: true;
  readonly rule: Rule;
  /** A second clock that has a say, whatever the first shows. */
  readonly also?: readonly [zone: string, rule: Rule];
}

/** With the shop's own hours wide open, only the law is left. */
const anyHour = { from: '00:00', to: '00:00' };
const decent = between('08:00', '21:00');

const places: readonly Place[] = [
  { of: 'Seoul', country: 'KR', zone: 'Asia/Seoul', zones: ['Asia/Seoul'], rule: decent },
  {
    of: 'Seoul with a consent to the night',
    country: 'KR',
    zone: 'Asia/Seoul',
    zones: ['Asia/Seoul'],
    night: true,
    rule: () => true,
  },
  {
    of: 'a Korean number in Los Angeles',
    country: 'KR',
    zone: 'America/Los_Angeles',
    zones: [],
    rule: () => true,
    also: ['Asia/Seoul', decent],
  },
  {
    of: 'New York',
    country: 'US',
    region: 'NY',
    zone: 'America/New_York',
    zones: ['America/New_York'],
    rule: decent,
  },
  {
    of: 'Texas without a zone',
    country: 'US',
    region: 'US-TX',
    zones: ['America/Chicago', 'America/Denver'],
    rule: week(between('09:00', '21:00'), between('12:00', '21:00')),
  },
  {
    of: 'Alabama',
    country: 'US',
    region: 'AL',
    zone: 'America/Chicago',
    zones: ['America/Chicago'],
    rule: week(between('08:00', '20:00'), never),
  },
  {
    of: 'Phoenix, where clocks never change',
    country: 'US',
    region: 'az',
    zone: 'America/Phoenix',
    zones: ['America/Phoenix'],
    rule: decent,
  },
  {
    of: 'Miami in an unknown state',
    country: 'US',
    zone: 'America/New_York',
    zones: ['America/New_York'],
    rule: week(between('10:00', '18:00'), never),
  },
  { of: 'São Paulo', country: 'BR', zone: 'America/Sao_Paulo', zones: ['America/Sao_Paulo'], rule: decent },
  { of: 'London', country: 'GB', zone: 'Europe/London', zones: ['Europe/London'], rule: decent },
  {
    of: 'Lord Howe',
    country: 'AU',
    zone: 'Australia/Lord_Howe',
    zones: ['Australia/Lord_Howe'],
    rule: decent,
  },
  { of: 'the Chathams', country: 'NZ', zone: 'Pacific/Chatham', zones: ['Pacific/Chatham'], rule: decent },
  { of: 'Kathmandu', country: 'NP', zone: 'Asia/Kathmandu', zones: ['Asia/Kathmandu'], rule: decent },
  { of: 'Casablanca', country: 'MA', zone: 'Africa/Casablanca', zones: ['Africa/Casablanca'], rule: decent },
  { of: 'Newfoundland', country: 'CA', zone: 'America/St_Johns', zones: ['America/St_Johns'], rule: decent },
];

const walls = new Map<string, readonly Wall[]>();

/** What the clocks of a zone show, quarter by quarter. */
function wallsOf(zone: string): readonly Wall[] {
  const known = walls.get(zone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const shown = quarters.map((at): Wall => {
    const [day = '', clock = ''] = format.format(at).split(/,? /);
    return [day, clock];
  });
  walls.set(zone, shown);
  return shown;
}

/** Whether each quarter is a decent one. */
function oracleOf({ zones, rule, also }: Place): readonly boolean[] {
  const clocks = zones.map((zone) => [wallsOf(zone), rule] as const);
  const all = also === undefined ? clocks : [...clocks, [wallsOf(also[0]), also[1]] as const];
  return quarters.map((_, index) => all.every(([shown, isDecent]) => isDecent(shown[index] ?? ['', ''])));
}

function zonesOf({ country, region, zone }: Place): CustomerZones {
  const source = zone === undefined ? null : ('stated' as const);
  const customer = { timeZone: zone ?? null, timeZoneSource: source, country, region: region ?? null };
  return customerZones(customer, { timeZone: 'Europe/London' });
}

function requestAt(now: number, place: Place, own: { from: string; to: string }, zones: CustomerZones) {
  return caseOf({
    now,
    usefulFor: 9 * 24 * hour,
    policy: { allowedHours: { sms: own }, frequencyCaps: [] },
    customer: {
      zones,
      place: { country: place.country, region: place.region ?? null, from: 'stated' },
    },
    facts: {
      consents: [{ channel: 'sms', topic: '', state: 'granted', at: 0, night: place.night === true }],
    },
  });
}

/** The last week has no "next" to look up. */
const lastAsked = quarters.length - 7 * 96;

/** What disagrees with the oracle, in words; a year has many quarters, and one word about each is enough. */
function disagreements(
  place: Place,
  own: { from: string; to: string },
  decentQuarters: readonly boolean[],
): string[] {
  const zones = zonesOf(place);
  const isOpen = (index: number) => decentQuarters[index] === true;
  const opens = firstFrom(isOpen);
  const closes = firstFrom((index) => !isOpen(index));
  const found: string[] = [];
  for (let index = 0; index < lastAsked; index++) {
    if (!isWorthAsking(index, isOpen)) continue;
    const start = quarters[index] ?? 0;
    const closing = closes[index] ?? 0;
    const end = isOpen(index) ? (quarters[closing] ?? Infinity) : undefined;
    const nextOpen = isOpen(index) ? opens[closing] : opens[index];
    const isLast = isOpen(index) && closing === index + 1;
    for (const late of isLast ? [0, 779, 780, 781, 899] : [0]) {
      found.push(
        ...compare(place, requestAt(start + late * 1000, place, own, zones), end, quarters[nextOpen ?? -1]),
      );
    }
  }
  return found;
}

/** Every hour, and every quarter beside the one at which the answer changes. */
function isWorthAsking(index: number, isOpen: (index: number) => boolean): boolean {
  return index % 4 === 0 || [-2, -1, 1, 2].some((step) => isOpen(index + step) !== isOpen(index));
}

/** For each quarter, the first one from it on that is as asked. */
function firstFrom(isWanted: (index: number) => boolean): readonly number[] {
  const first = Array.from({ length: quarters.length + 1 }, () => quarters.length);
  for (let index = quarters.length - 1; index >= 0; index--) {
    first[index] = isWanted(index) ? index : (first[index + 1] ?? quarters.length);
  }
  return first;
}

function compare(
  place: Place,
  request: SendCase,
  end: number | undefined,
  nextOpen: number | undefined,
): string[] {
  const { now: at, usefulUntil } = request;
  const decision = judge(request);
  const says = (what: string) => [`${new Date(at).toISOString()} in ${place.of}: ${what}`];
  // A minute to deliver and one to spare.
  const shouldGo = end !== undefined && end - at >= 120_000;
  if (!shouldGo) {
    if (decision.verdict === 'send') return says('sent, and it is night');
    if (decision.verdict === 'skip') return says('skipped, and the morning will come');
    return decision.until === nextOpen ? [] : says(`waits until ${new Date(decision.until).toISOString()}`);
  }
  if (decision.verdict !== 'send') return says('held back by day');
  if (decision.validUntil !== Math.min(end, usefulUntil))
    return says('valid for too short or too long a time');
  const seconds = validitySecondsOf({ at, validUntil: decision.validUntil });
  if (seconds === undefined) return says('sent, and the provider would not take it');
  return at + seconds * 1000 < end ? [] : says('may arrive at night');
}

describe('over a year', () => {
  it.each(places)(
    'the law alone decides rightly in $of, and nothing may arrive at night',
    (place) => {
      expect(disagreements(place, anyHour, oracleOf(place)).slice(0, 5)).toEqual([]);
    },
    240_000,
  );

  it.each(places.filter(({ of }) => ['London', 'Lord Howe', 'Alabama'].includes(of)))(
    "the shop's own hours only narrow it in $of",
    (place) => {
      const own = between('10:00', '20:00');
      const shown = wallsOf(place.zone ?? 'UTC');
      const narrowed = oracleOf(place).map((isDecent, index) => isDecent && own(shown[index] ?? ['', '']));
      expect(disagreements(place, { from: '10:00', to: '20:00' }, narrowed).slice(0, 5)).toEqual([]);
    },
    240_000,
  );

  it('somebody in an unknown state and zone is texted only while it is decent from Maine to Hawaii', () => {
    const place = { of: 'the US', country: 'US', zones: [], rule: () => true };
    const zones = zonesOf(place).zones;
    expect(zones).toEqual(expect.arrayContaining(['America/New_York', 'Pacific/Honolulu', 'America/Adak']));
    const strict = { ...place, zones, rule: week(between('10:00', '18:00'), never) };
    expect(disagreements(strict, anyHour, oracleOf(strict)).slice(0, 5)).toEqual([]);
  }, 400_000);

  it('the year holds both days on which clocks change', () => {
    const changes = (zone: string) =>
      wallsOf(zone).filter(([, clock], index, all) => {
        const before = all[index - 96]?.[1];
        return index % 96 === 0 && before !== undefined && before !== clock;
      }).length;
    expect(
      ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Pacific/Chatham'].map(changes),
    ).toEqual([2, 2, 2, 2]);
    expect(changes('Asia/Seoul')).toBe(0);
  });
});
