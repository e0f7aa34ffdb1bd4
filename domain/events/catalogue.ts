import * as z from 'zod';
import type { Facts } from '../facts.ts';
import { cartEvents } from './cart.ts';
import { consentEvents } from './consent.ts';
import { customerEvents } from './customer.ts';
import { instant, printable, shopId } from './fields.ts';
import { messageEvents } from './message.ts';
import { orderEvents } from './order.ts';
import { productEvents } from './product.ts';
import { returnEvents } from './return.ts';
import { satisfactionEvents } from './satisfaction.ts';
import { shipmentEvents } from './shipment.ts';

/** Everything that can happen. A new event is one entry in the file of its subject. */
export const eventCatalogue = {
  ...customerEvents,
  ...consentEvents,
  ...productEvents,
  ...cartEvents,
  ...orderEvents,
  ...shipmentEvents,
  ...returnEvents,
  ...satisfactionEvents,
  ...messageEvents,
};

export type EventName = keyof typeof eventCatalogue;
export type EventData<Name extends EventName> = z.infer<(typeof eventCatalogue)[Name]['data']>;
/** What a story sees of the event: see `domain/facts.ts`. */
export type FactOf<Name extends EventName> = Facts[(typeof eventCatalogue)[Name]['fact']];

/** What surrounds the data of every event. */
export const envelope = z.strictObject({
  /** The shop's id of the event, unique for good: the same id again is the same event. */
  id: printable.min(1).max(200),
  type: z.string(),
  /** When it happened, not when it was sent. */
  occurredAt: instant,
  source: printable.max(80).optional(),
  customerId: shopId.optional(),
  anonymousId: shopId.optional(),
  market: printable.max(16).optional(),
  /**
   * History: kept as a fact. It starts, wakes and ends nothing as it is told. Whoever enters a journey, is merged or takes a
   * cart over later meets it like any fact: an order that came after the cart keeps them out, or ends what they were in.
   */
  backfill: z.boolean().optional(),
  /** Of a test customer: outside caps and reports. */
  test: z.boolean().optional(),
  data: z.unknown(),
});

type Envelope = Omit<z.infer<typeof envelope>, 'type' | 'data'>;

/** An event as the shop sends it, by name. */
export type EventOf<Name extends EventName> = {
  [N in Name]: Envelope & { readonly type: N; readonly data: EventData<N> };
}[Name];
export type PerennialEvent = EventOf<EventName>;

export function isEventName(name: string): name is EventName {
  return Object.hasOwn(eventCatalogue, name);
}
