import * as z from 'zod';
import { defineMessage } from '../../domain/message.ts';
import { loadOffer, offerData, offerInput, offerSample, offerSegmentBudget } from '../campaign-offer.ts';

const days = z.int().min(1).max(60);

/** So many days are left until the day that the sale is named after. */
export const campaignCountdown = defineMessage({
  name: 'campaign-countdown',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '24 hours',
  topic: 'offers',
  segmentBudget: offerSegmentBudget,
  input: offerInput.extend({ days }),
  data: offerData.extend({ days }),
  async load({ days, ...offer }, context) {
    const loaded = await loadOffer(offer, context);
    return 'data' in loaded ? { data: { ...loaded.data, days } } : loaded;
  },
  sample: { ...offerSample, days: 7 },
});
