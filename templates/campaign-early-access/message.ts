import { defineMessage } from '../../domain/message.ts';
import { loadOffer, offerData, offerInput, offerSample, offerSegmentBudget } from '../campaign-offer.ts';

/** The sale opens for the best customers before it opens for everybody. */
export const campaignEarlyAccess = defineMessage({
  name: 'campaign-early-access',
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
