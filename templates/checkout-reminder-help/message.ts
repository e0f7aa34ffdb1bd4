import { defineMessage } from '../../domain/message.ts';
import { cartData, cartInput, cartSample, cartSegmentBudget, cartSms, loadCart } from '../live-cart.ts';

/** A day after the checkout was left: was something in the way? Help instead of pressure. */
export const checkoutReminderHelp = defineMessage({
  name: 'checkout-reminder-help',
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
