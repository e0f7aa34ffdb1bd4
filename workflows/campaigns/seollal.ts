/**
 * An example: put your own in its place. It goes out only once a shop has its campaigns scheduled.
 *
 * Presents for 설날, in Korea. They have to arrive before the feast, so the sale ends five days ahead of it.
 */

import { allOf, anyOf, defineCampaign, except, segment } from '../campaign.ts';
import { daysAfter } from './days-after.ts';

const shoppers = segment({ consent: ['email', 'sms'], country: 'KR' });

const vips = anyOf(
  segment({ orders: { atLeast: 5, within: '365 days' } }),
  segment({ spent: { atLeast: { amount: 500_000, currency: 'KRW' }, within: '365 days' } }),
);

const offer = {
  occasion: { en: 'Seollal', ko: '설날' },
  percent: 15,
  url: 'https://shop.example/seollal',
};

const untilLastParcel = ({ holiday }: { holiday: string }) => ({ ...offer, lastDay: daysAfter(holiday, -5) });

/** Sixteen days ahead: the best customers first. */
export const seollalEarlyAccess = defineCampaign({
  name: 'seollal-early-access',
  audience: allOf(shoppers, vips),
  message: 'campaign-early-access',
  input: untilLastParcel,
  when: { holiday: 'seollal', offset: '-16 days', at: '10:00' },
});

/** Two weeks ahead: everybody who was not let in early. */
export const seollalLaunch = defineCampaign({
  name: 'seollal-launch',
  audience: allOf(shoppers, except(vips)),
  message: 'campaign-launch',
  input: untilLastParcel,
  when: { holiday: 'seollal', offset: '-14 days', at: '10:00' },
  holdout: 0.05,
});

/** Eight days ahead, to those who have not bought. */
export const seollalCountdown = defineCampaign({
  name: 'seollal-countdown',
  audience: shoppers,
  message: 'campaign-countdown',
  input: (occasion) => ({ ...untilLastParcel(occasion), days: 8 }),
  when: { holiday: 'seollal', offset: '-8 days', at: '10:00' },
  excludeBuyersSinceLaunch: 'seollal-early-access',
});

/** The last day on which a parcel still arrives in time. */
export const seollalLastHours = defineCampaign({
  name: 'seollal-last-hours',
  audience: shoppers,
  message: 'campaign-last-hours',
  input: ({ day }) => ({ ...offer, lastDay: day }),
  when: { holiday: 'seollal', offset: '-5 days', at: '17:00' },
  excludeBuyersSinceLaunch: 'seollal-early-access',
});
