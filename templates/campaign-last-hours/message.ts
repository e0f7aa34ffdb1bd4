import { defineMessage } from '../../domain/message.ts';
import { loadOffer, offerData, offerInput, offerSample, offerSegmentBudget } from '../campaign-offer.ts';

/** The sale ends tonight. */
export const campaignLastHours = defineMessage({
  name: 'campaign-last-hours',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '6 hours',
  topic: 'offers',
  segmentBudget: offerSegmentBudget,
  input: offerInput,
  data: offerData,
  load: loadOffer,
  sample: offerSample,
});
