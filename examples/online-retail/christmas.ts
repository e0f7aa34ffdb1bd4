import { defineCampaign, segment } from '../../workflows/campaign.ts';

/**
 * The demo's campaign: a week before Christmas, the last day on which a parcel arrives in time. Nobody is held out to measure
 * it: who would be goes by a hash of our own customer ids, which are new in each play, and a play is to be the same each time.
 */
export const christmasLastParcels = defineCampaign({
  name: 'christmas-last-parcels',
  audience: segment({ consent: ['email', 'sms'] }),
  message: 'campaign-last-hours',
  input: ({ day }) => ({
    occasion: { en: 'Christmas', ko: '크리스마스' },
    percent: 10,
    url: 'https://shop.example/christmas',
    lastDay: day,
  }),
  when: { holiday: 'christmas', market: 'GB', offset: '-7 days', at: '10:00' },
});
