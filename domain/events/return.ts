import * as z from 'zod';
import { defineEvent } from './define-event.ts';
import { shopId } from './fields.ts';
import { units } from './order.ts';

/** Goods on their way back. Without `lines` the whole order goes back. Money that goes back is `order.refunded`. */
const data = z.strictObject({ returnId: shopId, orderId: shopId, lines: units.optional() });
const example = { returnId: 'r-9', orderId: 'o-501', lines: [{ variant: '85123A', quantity: 1 }] };

export const returnEvents = {
  'return.opened': defineEvent({ data, fact: 'return', about: 'customer', example }),
  'return.received': defineEvent({ data, fact: 'return', about: 'customer', example }),
  'return.closed': defineEvent({ data, fact: 'return', about: 'customer', example }),
};
