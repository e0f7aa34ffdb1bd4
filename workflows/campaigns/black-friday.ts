/**
 * An example: put your own in its place. It goes out only once a shop has its campaigns scheduled.
 *
 * Black Friday to Cyber Monday, in Britain and the United States.
 */

import { allOf, anyOf, defineCampaign, except, segment } from '../campaign.ts';
import { daysAfter } from './days-after.ts';

const shoppers = segment({ consent: ['email', 'sms'], country: ['GB', 'US'] });

const vips = anyOf(
  segment({ orders: { atLeast: 5, within: '365 days' } }),
  segment({ spent: { atLeast: { amount: 50_000, currency: 'GBP' }, within: '365 days' } }),
  segment({ spent: { atLeast: { amount: 60_000, currency: 'USD' }, within: '365 days' } }),
);

const offer = {
  occasion: { en: 'Black Friday', ko: '블랙프라이데이' },
  percent: 20,
  url: 'https://shop.example/black-friday',
};

const untilCyberMonday = ({ holiday }: { holiday: string }) => ({
  ...offer,
  lastDay: daysAfter(holiday, 3),
});

/** A week ahead: put it into the calendar. */
export const blackFridayCountdown = defineCampaign({
  name: 'black-friday-countdown',
  audience: shoppers,
  message: 'campaign-countdown',
  input: (occasion) => ({ ...untilCyberMonday(occasion), days: 7 }),
  when: { holiday: 'black-friday', offset: '-7 days', at: '10:00' },
  holdout: 0.05,
});

/** Two days ahead: the best customers first. */
export const blackFridayEarlyAccess = defineCampaign({
  name: 'black-friday-early-access',
  audience: allOf(shoppers, vips),
  message: 'campaign-early-access',
  input: untilCyberMonday,
  when: { holiday: 'black-friday', offset: '-48 hours', at: '10:00' },
});

/** The day itself: everybody who was not let in early. */
export const blackFridayLaunch = defineCampaign({
  name: 'black-friday-launch',
  audience: allOf(shoppers, except(vips)),
  message: 'campaign-launch',
  input: untilCyberMonday,
  when: { holiday: 'black-friday', at: '10:00' },
  holdout: 0.05,
});

/** Seven hours before the end: whoever has not bought since the doors first opened. */
export const blackFridayLastHours = defineCampaign({
  name: 'black-friday-last-hours',
  audience: shoppers,
  message: 'campaign-last-hours',
  input: ({ day }) => ({ ...offer, lastDay: day }),
  when: { holiday: 'cyber-monday', at: '17:00' },
  excludeBuyersSinceLaunch: 'black-friday-early-access',
});
