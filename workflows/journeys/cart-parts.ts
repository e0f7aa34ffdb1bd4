import { question } from '../journey.ts';

/** What the journeys about a cart share. */

interface Cart {
  readonly cycle: string;
}

/** When the customer last touched the cart. */
export const lastCartActivity = (cart: Cart) => question('cart.last-activity', { cart: cart.cycle });
