import { defineMessage } from '../../domain/message.ts';
import { cartData, cartInput, cartSample, cartSegmentBudget, cartSms, loadCart } from '../live-cart.ts';

/** Three days after the checkout was left, and the last word about it. */
export const checkoutReminderLast = defineMessage({
  name: 'checkout-reminder-last',
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
