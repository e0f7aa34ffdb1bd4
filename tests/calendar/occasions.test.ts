import { describe, expect, it } from 'vitest';
import { dueIn, leadMs, nextOccasion, occasionOf, occasionsFrom } from '../../domain/calendar/occasions.ts';
import { recipientZone } from '../../domain/calendar/recipient-zone.ts';
import type { CampaignTime } from '../../domain/campaign.ts';
import { blackFridayLaunch } from '../../workflows/campaigns/black-friday.ts';
import { toIso } from '../../domain/instant.ts';

const summer = Date.parse('2026-07-01T00:00:00Z');
const launch: CampaignTime = { holiday: 'black-friday', at: '10:00', in: 'recipient' };

function first(when: CampaignTime, from = summer) {
  const [occasion] = occasionsFrom(when, from);
  if (occasion === undefined) throw new Error('there is no such occasion');
  return occasion;
}

describe('occasions of a campaign', () => {
  it('is due at its local time on every clock', () => {
    const occasion = first(launch);
    const due = ['Asia/Seoul', 'Europe/London', 'America/New_York', 'Asia/Kathmandu'].map((zone) =>
      toIso(dueIn(occasion, zone)),
    );
    expect(due).toEqual([
      '2026-11-27T01:00:00Z',
      '2026-11-27T10:00:00Z',
      '2026-11-27T15:00:00Z',
      '2026-11-27T04:15:00Z',
    ]);
  });

  it('opens before the first clock on earth shows the time', () => {
    expect(toIso(first(launch).opensAt + leadMs)).toBe('2026-11-26T20:00:00Z');
  });

  it('is one instant for all when it names a zone', () => {
    const occasion = first({ ...launch, in: 'Asia/Seoul' });
    expect(dueIn(occasion, 'America/New_York')).toBe(dueIn(occasion, 'Europe/London'));
    expect(occasion.opensAt + leadMs).toBe(occasion.lastAt);
  });

  it('comes again next year, as another occasion', () => {
    const days = occasionsFrom(launch, summer).map(({ day }) => day);
    expect(days).toEqual(['2026-11-27', '2027-11-26', '2028-11-24']);
  });

  it('does not come again when it is on a date', () => {
    const when: CampaignTime = { date: '2026-07-14', at: '09:00' };
    expect(occasionsFrom(when, summer)).toHaveLength(1);
    expect(occasionsFrom(when, summer + 30 * 86_400_000)).toEqual([]);
  });

  it('is still open while the last clock on earth waits for it', () => {
    const { lastAt } = first(launch);
    expect(first(launch, lastAt).day).toBe('2026-11-27');
    expect(first(launch, lastAt + 1).day).toBe('2027-11-26');
  });

  it('reckons before and after on the wall clock, also when the clocks change between', () => {
    const beforeEaster = first({ holiday: 'easter', at: '10:00', offset: '-48 hours' }, summer);
    expect([beforeEaster.holiday, beforeEaster.day, beforeEaster.time]).toEqual([
      '2027-03-28',
      '2027-03-26',
      '10:00',
    ]);
    const after = first({ holiday: 'black-friday', at: '20:00', offset: '+8 hours' });
    expect([after.day, after.time]).toEqual(['2026-11-28', '04:00']);
  });

  it('is found again by the instant at which its dispatcher began', () => {
    const campaign = { ...blackFridayLaunch, when: launch };
    const { opensAt, day } = first(launch);
    expect(occasionOf(campaign, { scheduledAt: opensAt }).day).toBe(day);
  });

  it('does not lose an occurrence whose campaign has been moved to an earlier date since', () => {
    const campaign = { ...blackFridayLaunch, when: { date: '2026-07-14', at: '09:00' } };
    expect(occasionOf(campaign, { scheduledAt: summer + 90 * 86_400_000 }).day).toBe('2026-07-14');
    expect(() => nextOccasion(campaign, summer + 90 * 86_400_000)).toThrow('is over');
  });
});

describe('both days on which clocks change', () => {
  const spring = first({ date: '2027-03-28', at: '01:30' });
  const autumn = first({ date: '2026-10-25', at: '01:30' });

  it('is due at the jump when a spring night leaves the time out', () => {
    expect(toIso(dueIn(spring, 'Europe/London'))).toBe('2027-03-28T01:00:00Z');
  });

  it('is due the first time when an autumn night shows the time twice', () => {
    expect(toIso(dueIn(autumn, 'Europe/London'))).toBe('2026-10-25T00:30:00Z');
  });

  it('does not move where clocks do not change', () => {
    expect(toIso(dueIn(spring, 'Asia/Seoul'))).toBe('2027-03-27T16:30:00Z');
  });
});

describe('whose clock', () => {
  const zone = (statedZone: string | null, country: string | null) =>
    recipientZone({ statedZone, country }, 'Europe/London');

  it('is the stated one, else that of most people in the country, else the shop', () => {
    expect(zone('Asia/Tokyo', 'US')).toBe('Asia/Tokyo');
    expect(zone(null, 'US')).toBe('America/New_York');
    expect(zone(null, 'KR')).toBe('Asia/Seoul');
    expect(zone(null, null)).toBe('Europe/London');
  });

  it('does not stumble over a zone or a country that nobody knows', () => {
    expect(zone('Mars/Olympus', null)).toBe('Europe/London');
    expect(zone(null, 'ZZ')).toBe('Europe/London');
    expect(zone(null, 'not a country')).toBe('Europe/London');
  });
});
