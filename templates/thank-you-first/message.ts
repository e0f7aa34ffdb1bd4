import { defineMessage } from '../../domain/message.ts';
import { boughtData, boughtSample, boughtSegmentBudget, loadBought, orderInput } from '../ordered-goods.ts';

/** An hour after the first order was paid: thank you, and welcome. */
export const thankYouFirst = defineMessage({
  name: 'thank-you-first',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '48 hours',
  topic: 'thanks',
  segmentBudget: boughtSegmentBudget,
  input: orderInput,
  data: boughtData,
  load: loadBought,
  sample: boughtSample,
});
