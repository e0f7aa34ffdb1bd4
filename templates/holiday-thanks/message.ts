import { defineMessage } from '../../domain/message.ts';
import { boughtData, boughtSample, boughtSegmentBudget, loadBought, orderInput } from '../ordered-goods.ts';

/** Three days after an order of the season was paid: thank you. */
export const holidayThanks = defineMessage({
  name: 'holiday-thanks',
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
