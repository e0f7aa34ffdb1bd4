import { defineMessage } from '../../domain/message.ts';
import { orderInput } from '../ordered-goods.ts';
import { loadRated, ratedData, ratedSample, ratedSegmentBudget } from '../rated-goods.ts';

/** A week after the request: the one reminder. */
export const reviewReminder = defineMessage({
  name: 'review-reminder',
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
