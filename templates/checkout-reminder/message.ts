import { defineMessage } from '../../domain/message.ts';
import { cartData, cartInput, cartSample, cartSegmentBudget, cartSms, loadCart } from '../live-cart.ts';

/** An hour after the checkout was left: one click leads back to it. */
export const checkoutReminder = defineMessage({
  name: 'checkout-reminder',
  purpose: 'marketing',
  class: 'once',
  channels: ['email', 'sms'],
  usefulFor: '12 hours',
  topic: 'cart',
  allowance: cartSms,
  segmentBudget: cartSegmentBudget,
  input: cartInput,
  data: cartData,
  load: loadCart,
  sample: cartSample,
});
