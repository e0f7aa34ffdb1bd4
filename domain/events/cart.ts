import * as z from 'zod';
import { defineEvent } from './define-event.ts';
import { httpsUrl, price, quantity, shopId } from './fields.ts';

const cartId = shopId;

export const cartEvents = {
  'cart.updated': defineEvent({
    data: z.strictObject({
      cartId,
      /** The whole cart as it is now, not the change. Prices are those that the customer saw. */
      items: z.array(z.strictObject({ variant: shopId, quantity, price })).max(500),
      total: price.optional(),
      /** Where the customer finds this cart again. */
      url: httpsUrl.optional(),
    }),
    fact: 'cart',
    about: 'customer',
    example: {
      cartId: 'cart-7',
      items: [{ variant: '85123A', quantity: 2, price: { amount: 255, currency: 'GBP' } }],
      url: 'https://shop.example/cart/7',
    },
  }),
  'cart.emptied': defineEvent({
    data: z.strictObject({ cartId }),
    fact: 'cart',
    about: 'customer',
    example: { cartId: 'cart-7' },
  }),
  /** Derived: the customer has begun a newer cart, and the newest speaks. */
  'cart.superseded': defineEvent({
    data: z.strictObject({ cartId }),
    fact: 'cart',
    about: 'customer',
    derived: 'cart.updated',
    example: { cartId: 'cart-7' },
  }),
  'checkout.started': defineEvent({
    data: z.strictObject({ checkoutId: shopId, cartId, url: httpsUrl.optional() }),
    fact: 'cart',
    about: 'customer',
    example: { checkoutId: 'checkout-3', cartId: 'cart-7' },
  }),
};
