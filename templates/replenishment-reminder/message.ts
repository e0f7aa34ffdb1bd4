import { defineMessage } from '../../domain/message.ts';
import { loadSupplies, suppliesData, suppliesSample, suppliesSegmentBudget } from '../live-supplies.ts';
import { orderInput } from '../ordered-goods.ts';

/** Six days before what was bought is used up. */
export const replenishmentReminder = defineMessage({
  name: 'replenishment-reminder',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '4 days',
  topic: 'replenishment',
  segmentBudget: suppliesSegmentBudget,
  input: orderInput,
  data: suppliesData,
  load: loadSupplies('replenishment-reminder'),
  sample: suppliesSample,
});
