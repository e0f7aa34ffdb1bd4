import { defineMessage } from '../../domain/message.ts';
import { boughtData, boughtSample, boughtSegmentBudget, loadBought, orderInput } from '../ordered-goods.ts';

/** Ten days after it was paid: how to look after it, and what to do when it is not right. */
export const holidayCare = defineMessage({
  name: 'holiday-care',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '48 hours',
  topic: 'season',
  segmentBudget: boughtSegmentBudget,
  input: orderInput,
  data: boughtData,
  load: loadBought,
  sample: boughtSample,
});
