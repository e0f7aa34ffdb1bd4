import type { Fact } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instant.ts';
import { eventCatalogue, type PerennialEvent } from '../../domain/events/catalogue.ts';
import type { CustomerRecord } from '../../store/customers.ts';
import { identityKey } from '../../store/customer-identities.ts';
import { fingerprintOf } from '../fingerprint.ts';
import type { Happened } from '../happening.ts';
import type { IncomingEvent } from '../parse-event.ts';
import {
  cartFact,
  emptyCart,
  startCheckout,
  updateCart,
  type CartChange,
  type DerivedCartEvent,
} from './cart-facts.ts';
import { applyConsent, applyPreference, applyProfile } from './customer-facts.ts';
import type { Knowledge } from './knowledge.ts';
import { applyMessageEvent, type MessageEvent } from './message-facts.ts';
import { closeOrder, orderFact, payOrder, placeOrder, refundOrder } from './order-facts.ts';
import { wordOf, type ProductEvent } from './product-facts.ts';

/** What an event has changed, as far as routing is concerned. */
interface Effect {
  readonly customer?: string;
  readonly fact?: Fact;
  readonly overtaken?: boolean;
  readonly stale?: boolean;
  readonly derived?: readonly DerivedCartEvent[];
}

/** Lets the facts follow an event; gives it back with its fact, and after it the events derived from it. */
export function applyEvent(knowledge: Knowledge, incoming: IncomingEvent): Happened[] {
  const { event, at, fingerprint } = incoming;
  const customer = customerOf(knowledge, event);
  const movedBefore = knowledge.cartMoves.length;
  const effect = effectOf(knowledge, incoming, customer);
  const happened: Happened = {
    id: event.id,
    type: event.type,
    customer: effect.customer ?? customer?.id,
    at,
    fact: effect.fact,
    backfill: event.backfill ?? false,
    isTest: event.test ?? false,
    envelope: event,
    fingerprint,
    overtaken: effect.overtaken ?? false,
    stale: effect.stale ?? false,
    moves: knowledge.cartMoves.slice(movedBefore),
    notes: [],
  };
  return [happened, ...(effect.derived ?? []).map((derived) => derive(happened, derived))];
}

/** An event of our own making, kept like any other. Its id follows from its cause, so a repeat would be seen. */
export function derive(cause: Happened, { type, cycle, at }: DerivedCartEvent): Happened {
  const envelope = {
    id: `${cause.id}#${type}:${cycle.id}`,
    type,
    occurredAt: new Date(at).toISOString(),
    source: 'perennial',
    data: { cartId: cycle.cartId },
  };
  return {
    id: envelope.id,
    type,
    customer: cycle.customer,
    at,
    fact: cartFact(cycle),
    backfill: cause.backfill,
    isTest: cause.isTest,
    envelope,
    fingerprint: fingerprintOf(envelope),
    moves: [],
    notes: [],
  };
}

/** Whose event it is: the customer id has the last word over the anonymous one. */
export function customerOf(knowledge: Knowledge, event: PerennialEvent): CustomerRecord | undefined {
  const external = externalIdOf(event);
  const id =
    (external === undefined
      ? undefined
      : knowledge.identities.get(identityKey({ kind: 'external', value: external }))) ??
    (event.anonymousId === undefined
      ? undefined
      : knowledge.identities.get(identityKey({ kind: 'anonymous', value: event.anonymousId })));
  const customer = id === undefined ? undefined : knowledge.customers.get(id);
  if (customer === undefined || event.test !== true || customer.isTest) return customer;
  return knowledge.customers.put({ ...customer, isTest: true });
}

/** The shop's customer id of the event. */
export function externalIdOf(event: PerennialEvent): string | undefined {
  if (event.type === 'customer.identified') return event.data.customerId;
  return event.type === 'customer.merged' ? event.data.into : event.customerId;
}

function effectOf(
  knowledge: Knowledge,
  { event, at }: IncomingEvent,
  customer: CustomerRecord | undefined,
): Effect {
  if (isProductEvent(event)) {
    const word = wordOf(event, at);
    if (word !== undefined) knowledge.variants.push(word);
    return { fact: { variant: event.data.variant, at } };
  }
  if (isMessageEvent(event)) {
    const delivery = knowledge.deliveries.get(event.data.sendId);
    if (delivery === undefined) return {};
    applyMessageEvent(knowledge, delivery, { event, at });
    const fact = { delivery: delivery.id, enrolment: delivery.enrolment, at };
    return { customer: delivery.customer, fact };
  }
  return customer === undefined ? {} : personalEffect(knowledge, { event, at, customer });
}

function isProductEvent(event: PerennialEvent): event is ProductEvent {
  return eventCatalogue[event.type].fact === 'product';
}

function isMessageEvent(event: PerennialEvent): event is MessageEvent {
  return eventCatalogue[event.type].fact === 'message';
}

type PersonalEvent = Exclude<PerennialEvent, ProductEvent | MessageEvent>;

interface Personal {
  readonly event: PersonalEvent;
  readonly at: Instant;
  readonly customer: CustomerRecord;
}

function personalEffect(knowledge: Knowledge, { event, at, customer }: Personal): Effect {
  const about = { customer: customer.id, at };
  const customerFact = { fact: { customer: customer.id, at } };
  switch (event.type) {
    case 'customer.subscribed':
    case 'customer.identified':
    case 'customer.updated':
      applyProfile(knowledge, customer, event.data, at);
      return customerFact;
    case 'customer.merged':
    case 'customer.erased':
      // Done as a whole, before and apart from the facts of other events.
      return customerFact;
    case 'consent.changed':
      applyConsent(knowledge, customer.id, { event, at });
      return customerFact;
    case 'preference.updated':
      applyPreference(knowledge, customer, { data: event.data, at });
      return customerFact;
    case 'cart.updated':
      return cartEffect(updateCart(knowledge, about, event.data), at);
    case 'cart.emptied': {
      const change = emptyCart(knowledge, { ...about, cartId: event.data.cartId });
      return { ...cartEffect(change, at), stale: change.late };
    }
    case 'cart.superseded':
      // Only we derive it; a shop cannot send it.
      return {};
    case 'checkout.started':
      return cartEffect(startCheckout(knowledge, about, event.data), at);
    case 'order.placed':
      return { fact: orderFact(placeOrder(knowledge, about, event.data), at) };
    case 'order.paid':
      return { fact: orderFact(payOrder(knowledge, about, event.data.orderId), at) };
    case 'order.payment_expired':
      return closedOrder(knowledge, about, { orderId: event.data.orderId, state: 'payment-expired' });
    case 'order.cancelled':
      return closedOrder(knowledge, about, { orderId: event.data.orderId, state: 'cancelled' });
    case 'order.refunded':
      return { fact: orderFact(refundOrder(knowledge, about, event.data), at) };
    default:
      return event satisfies never;
  }
}

function closedOrder(
  knowledge: Knowledge,
  about: { customer: string; at: Instant },
  closing: Parameters<typeof closeOrder>[2],
): Effect {
  return { fact: orderFact(closeOrder(knowledge, about, closing), about.at) };
}

function cartEffect({ cycle, derived }: CartChange, at: Instant): Effect {
  const isOver = cycle.closedAt !== null && cycle.closedAt >= at;
  const hasYielded = cycle.supersededAt !== null && cycle.supersededAt > at;
  // A late word about a cart that has changed hands concerns whoever has it now.
  return { customer: cycle.customer, fact: cartFact(cycle), overtaken: isOver || hasYielded, derived };
}
