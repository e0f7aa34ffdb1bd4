import { defineJourney } from '../../workflows/journey.ts';

/** A message as soon as there is a cart. */
const sendAtOnce = defineJourney(
  {
    name: 'send-at-once',
    version: 1,
    startsOn: 'cart.updated',
    key: (cart) => cart.cycle,
    endsOn: ['order.placed'],
    reentry: 'once-per-key',
  },
  async (cart, { send, exit }) => {
    await send('cart-reminder', { cart: cart.cycle });
    return exit('done');
  },
);

export { sendAtOnce as 'send-at-once@1' };
