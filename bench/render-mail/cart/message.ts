import { defineMessage } from '../../../domain/message.ts';
import { cartData, cartInput, cartSample, loadCart } from '../../../templates/live-cart.ts';

/** A cart mail as shops build them from MJML's own components, 38 KB once rendered: the yardstick of `bench/render.ts`. */
export const cart = defineMessage({
  name: 'cart',
  purpose: 'marketing',
  class: 'once',
  channels: ['email'],
  usefulFor: '24 hours',
  input: cartInput,
  data: cartData,
  load: loadCart,
  sample: cartSample,
});
