import { defineMessage } from '../../domain/message.ts';
import { boughtData, boughtSample, boughtSegmentBudget, loadBought, orderInput } from '../ordered-goods.ts';

/** An hour after a later order was paid: good to see you again. */
export const thankYouAgain = defineMessage({
  name: 'thank-you-again',
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
