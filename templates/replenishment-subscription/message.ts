import { defineMessage } from '../../domain/message.ts';
import { loadSupplies, suppliesData, suppliesSample, suppliesSegmentBudget } from '../live-supplies.ts';
import { orderInput } from '../ordered-goods.ts';

/** Thirty days after the first reminder: an invitation to have it come by itself. */
export const replenishmentSubscription = defineMessage({
  name: 'replenishment-subscription',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '4 days',
  topic: 'replenishment',
  segmentBudget: suppliesSegmentBudget,
  input: orderInput,
  data: suppliesData,
  load: loadSupplies('replenishment-subscription'),
  sample: suppliesSample,
});
