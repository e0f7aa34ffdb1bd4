import { defineMessage } from '../../domain/message.ts';
import { cartData, cartInput, cartSample, cartSegmentBudget, cartSms, loadCart } from '../live-cart.ts';

/** Four hours after the last touch: the cart is still there. */
export const cartReminder = defineMessage({
  name: 'cart-reminder',
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
