import * as z from 'zod';
import { defineEvent } from './define-event.ts';
import { instant, price, quantity, shopId } from './fields.ts';

const orderId = shopId;

/**
 * Units of an order, by variant: they are taken off the lines with that variant, first line first. `line` is the shop's id
 * of a line, for orders that have a variant on two lines, one of them a gift.
 */
export const units = z
  .array(z.strictObject({ line: shopId.optional(), variant: shopId, quantity }))
  .max(1000);

export const orderEvents = {
  'order.placed': defineEvent({
    data: z.strictObject({
      orderId,
      lines: z
        .array(
          z.strictObject({
            line: shopId.optional(),
            variant: shopId,
            quantity,
            price,
            gift: z.boolean().optional(),
          }),
        )
        .max(1000),
      total: price,
      /** Where it was bought: "web", "shop counter", "phone". An order without a cart id still quiets the customer's carts. */
      channel: z.string().max(40).optional(),
      cartId: shopId.optional(),
      dueAt: instant.optional(),
    }),
    fact: 'order',
    about: 'customer',
    example: {
      orderId: 'o-501',
      lines: [{ variant: '85123A', quantity: 2, price: { amount: 255, currency: 'GBP' } }],
      total: { amount: 510, currency: 'GBP' },
      cartId: 'cart-7',
    },
  }),
  'order.paid': defineEvent({
    data: z.strictObject({ orderId }),
    fact: 'order',
    about: 'customer',
    example: { orderId: 'o-501' },
  }),
  'order.payment_expired': defineEvent({
    data: z.strictObject({ orderId }),
    fact: 'order',
    about: 'customer',
    example: { orderId: 'o-501' },
  }),
  'order.cancelled': defineEvent({
    data: z.strictObject({ orderId }),
    fact: 'order',
    about: 'customer',
    example: { orderId: 'o-501' },
  }),
  'order.refunded': defineEvent({
    data: z.strictObject({
      orderId,
      amount: price,
      lines: units.optional(),
    }),
    fact: 'order',
    about: 'customer',
    example: { orderId: 'o-501', amount: { amount: 255, currency: 'GBP' } },
  }),
};
