import { defineMessage } from '../../domain/message.ts';
import { boughtData, boughtSample, boughtSegmentBudget, loadBought, orderInput } from '../ordered-goods.ts';

/** Three days after the thanks for a first order: how to get the most out of it. It sells nothing. */
export const firstOrderGuide = defineMessage({
  name: 'first-order-guide',
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
