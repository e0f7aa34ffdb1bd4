import { defineMessage } from '../../domain/message.ts';
import { loadOffer, offerData, offerInput, offerSample, offerSegmentBudget } from '../campaign-offer.ts';

/** The sale has begun. */
export const campaignLaunch = defineMessage({
  name: 'campaign-launch',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '24 hours',
  topic: 'offers',
  segmentBudget: offerSegmentBudget,
  input: offerInput,
  data: offerData,
  load: loadOffer,
  sample: offerSample,
});
