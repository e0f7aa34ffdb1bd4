import { defineMessage } from '../../domain/message.ts';
import { loadSupplies, suppliesData, suppliesSample, suppliesSegmentBudget } from '../live-supplies.ts';
import { orderInput } from '../ordered-goods.ts';

/** Ten days after the first reminder, about what was still not bought again. */
export const replenishmentLast = defineMessage({
  name: 'replenishment-last',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '4 days',
  topic: 'replenishment',
  segmentBudget: suppliesSegmentBudget,
  input: orderInput,
  data: suppliesData,
  load: loadSupplies('replenishment-last'),
  sample: suppliesSample,
});
