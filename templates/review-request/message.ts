import { defineMessage } from '../../domain/message.ts';
import { orderInput } from '../ordered-goods.ts';
import { loadRated, ratedData, ratedSample, ratedSegmentBudget } from '../rated-goods.ts';

/** Once what was bought has been tried: how was it? One tap per product. */
export const reviewRequest = defineMessage({
  name: 'review-request',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '48 hours',
  topic: 'reviews',
  segmentBudget: ratedSegmentBudget,
  input: orderInput,
  data: ratedData,
  load: loadRated,
  sample: ratedSample,
});
