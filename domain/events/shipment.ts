import * as z from 'zod';
import { defineEvent } from './define-event.ts';
import { instant, printable, shopId } from './fields.ts';
import { units } from './order.ts';

/**
 * A parcel on its way. Any of these may be the first that is told; a shop that knows only "shipped" and "delivered" sends
 * those two. Without `lines` the parcel holds what no other parcel of the order holds. One parcel with goods of two orders is
 * told once for each order.
 */
const parcel = {
  shipmentId: shopId,
  orderId: shopId,
  lines: units.optional(),
  /** When the carrier expects to hand it over. */
  eta: instant.optional(),
};
const parcelExample = { shipmentId: 's-71', orderId: 'o-501' };
const heartsOf501 = [{ variant: '85123A', quantity: 2 }];

export const shipmentEvents = {
  'shipment.created': defineEvent({
    data: z.strictObject(parcel),
    fact: 'parcel',
    about: 'customer',
    example: { ...parcelExample, lines: heartsOf501 },
  }),
  'shipment.in_transit': defineEvent({
    data: z.strictObject(parcel),
    fact: 'parcel',
    about: 'customer',
    example: { ...parcelExample, eta: '2026-03-05T17:00:00Z' },
  }),
  'shipment.out_for_delivery': defineEvent({
    data: z.strictObject(parcel),
    fact: 'parcel',
    about: 'customer',
    example: parcelExample,
  }),
  'shipment.delayed': defineEvent({
    data: z.strictObject({ ...parcel, reason: printable.max(200).optional() }),
    fact: 'parcel',
    about: 'customer',
    example: { ...parcelExample, eta: '2026-03-07T17:00:00Z', reason: 'snow' },
  }),
  'shipment.delivered': defineEvent({
    data: z.strictObject(parcel),
    fact: 'parcel',
    about: 'customer',
    example: parcelExample,
  }),
  /** Derived once per parcel, from the first word about it. */
  'order.shipped': defineEvent({
    data: z.strictObject({ orderId: shopId, shipmentId: shopId }),
    fact: 'parcel',
    about: 'customer',
    derived: 'shipment.created',
    example: parcelExample,
  }),
  /** Derived once per parcel, when it is delivered. */
  'order.delivered': defineEvent({
    data: z.strictObject({ orderId: shopId, shipmentId: shopId }),
    fact: 'parcel',
    about: 'customer',
    derived: 'shipment.delivered',
    example: parcelExample,
  }),
};
