import { defineMessage } from '../../domain/message.ts';
import { cartData, cartInput, cartSample, cartSegmentBudget, cartSms, loadCart } from '../live-cart.ts';

/** A day after the last touch, and the last word about this cart. */
export const cartReminderLast = defineMessage({
  name: 'cart-reminder-last',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '24 hours',
  topic: 'cart',
  allowance: cartSms,
  segmentBudget: cartSegmentBudget,
  input: cartInput,
  data: cartData,
  load: loadCart,
  sample: cartSample,
});
