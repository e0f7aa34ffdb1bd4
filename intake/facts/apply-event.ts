import type { Fact } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instant.ts';
import { eventCatalogue, type PerennialEvent } from '../../domain/events/catalogue.ts';
import type { CustomerRecord } from '../../store/customers.ts';
import { identityKey, type IdentityMap } from '../../store/customer-identities.ts';
import type { OrderRecord } from '../../store/orders.ts';
import { erasedEnvelope } from '../erased-envelope.ts';
import { countsFrom } from '../far-ahead.ts';
import type { Happened } from '../happening.ts';
import type { IncomingEvent } from '../parse-event.ts';
import { aboutCart, cartFact, emptyCart, startCheckout, updateCart, type CartChange } from './cart-facts.ts';
import { applyConsent, applyPreference, applyProfile } from './customer-facts.ts';
import { derive, type DerivedEvent } from './derive.ts';
import type { Knowledge } from './knowledge.ts';
import { applyMessageEvent, type MessageEvent } from './message-facts.ts';
import { closeOrder, orderFact, payOrder, placeOrder, refundOrder, type About } from './order-facts.ts';
import { moveParcel, type ParcelChange } from './parcel-facts.ts';
import { wordOf, type ProductEvent } from './product-facts.ts';
import { moveReturn } from './return-facts.ts';
import { takeComplaint, takeFeedback, takeReview } from './satisfaction-facts.ts';

/** What an event has changed, as far as routing is concerned. */
interface Effect {
  readonly customer?: string;
  readonly fact?: Fact;
  readonly overtaken?: boolean;
  readonly stale?: boolean;
  readonly derived?: readonly DerivedEvent[];
}

/** Lets the facts follow an event; gives it back with its fact, and after it the events derived from it. */
export function applyEvent(knowledge: Knowledge, incoming: IncomingEvent): Happened[] {
  const { event, at, json, fingerprint } = incoming;
  const customer = customerOf(knowledge, event);
  const movedBefore = knowledge.cartMoves.length;
  const effect = effectOf(knowledge, incoming, customer);
  const owner = effect.customer ?? customer?.id;
  const happened: Happened = {
    id: event.id,
    type: event.type,
    customer: owner,
    at,
    fact: effect.fact,
    backfill: event.backfill ?? false,
    isTest: event.test ?? false,
    envelope: isErased(knowledge, owner) ? erasedEnvelope(event) : json,
    fingerprint,
    overtaken: effect.overtaken ?? false,
    stale: effect.stale ?? false,
    moves: knowledge.cartMoves.slice(movedBefore),
    notes: [],
  };
  return [happened, ...(effect.derived ?? []).map((derived) => derive(happened, derived))];
}

/** Nobody can be named any more once they are erased; a reply to a message of theirs may still be on its way. */
function isErased({ customers }: Knowledge, owner: string | undefined): boolean {
  return owner !== undefined && customers.get(owner)?.state === 'erased';
}

export function customerOf(knowledge: Knowledge, event: PerennialEvent): CustomerRecord | undefined {
  const id = customerIdOf(knowledge.identities, event);
  const customer = id === undefined ? undefined : knowledge.customers.get(id);
  if (customer === undefined || event.test !== true || customer.isTest) return customer;
  return knowledge.customers.put({ ...customer, isTest: true });
}

/** Whose event it is: the customer id has the last word over the anonymous one. */
export function customerIdOf(identities: IdentityMap, event: PerennialEvent): string | undefined {
  const external = externalIdOf(event);
  return (
    (external === undefined
      ? undefined
      : identities.get(identityKey({ kind: 'external', value: external }))) ??
    (event.anonymousId === undefined
      ? undefined
      : identities.get(identityKey({ kind: 'anonymous', value: event.anonymousId })))
  );
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
    const word = wordOf(event, countsFrom(at, knowledge.now));
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

export function isProductEvent(event: PerennialEvent): event is ProductEvent {
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
  const about = { customer: customer.id, at, market: event.market };
  const aboutCarts = { customer: customer.id, at: countsFrom(at, knowledge.now) };
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
      return cartEffect(updateCart(knowledge, aboutCarts, event.data), aboutCarts.at);
    case 'cart.emptied': {
      const change = emptyCart(knowledge, { ...aboutCarts, cartId: event.data.cartId });
      return { ...cartEffect(change, aboutCarts.at), stale: change.late };
    }
    case 'cart.superseded':
      // Only we derive it; a shop cannot send it.
      return {};
    case 'checkout.started':
      return cartEffect(startCheckout(knowledge, aboutCarts, event.data), aboutCarts.at);
    case 'order.placed': {
      // A second telling under another name quiets whoever it names: better quiet than wrong.
      const order = placeOrder(knowledge, about, event.data);
      return { ...orderEffect(knowledge, about, order), customer: customer.id };
    }
    case 'order.paid':
      return orderEffect(knowledge, about, payOrder(knowledge, about, event.data.orderId));
    case 'order.payment_expired':
    case 'order.cancelled': {
      const state = event.type === 'order.cancelled' ? 'cancelled' : 'payment-expired';
      const { orderId } = event.data;
      return orderEffect(knowledge, about, closeOrder(knowledge, about, { orderId, state }));
    }
    case 'order.refunded':
      return orderEffect(knowledge, about, refundOrder(knowledge, about, event.data));
    case 'shipment.created':
    case 'shipment.in_transit':
    case 'shipment.delayed':
    case 'shipment.out_for_delivery':
    case 'shipment.delivered':
      return parcelEffect(moveParcel(knowledge, about, event));
    case 'order.shipped':
    case 'order.delivered':
      // Only we derive them; a shop cannot send them.
      return {};
    case 'return.opened':
    case 'return.received':
    case 'return.closed':
      return ofCustomer(moveReturn(knowledge, about, event).fact);
    case 'feedback.submitted':
      return ofCustomer(takeFeedback(knowledge, about, event));
    case 'review.submitted':
      return ofCustomer(takeReview(knowledge, about, event));
    case 'complaint.opened':
    case 'complaint.closed':
    case 'ticket.closed':
      return ofCustomer(takeComplaint(knowledge, about, event));
    default:
      return event satisfies never;
  }
}

function orderEffect(knowledge: Knowledge, about: About, order: OrderRecord): Effect {
  return ofCustomer(orderFact(knowledge, order, about));
}

/** What is said about an order concerns whoever has the order, under whatever name it is told. */
function ofCustomer(fact: Extract<Fact, { readonly customer: string }>): Effect {
  return { customer: fact.customer, fact };
}

function parcelEffect({ fact, late, derived }: ParcelChange): Effect {
  return { ...ofCustomer(fact), overtaken: late, stale: late, derived };
}

function cartEffect({ cycle, derived }: CartChange, at: Instant): Effect {
  const isOver = cycle.closedAt !== null && cycle.closedAt >= at;
  const hasYielded = cycle.supersededAt !== null && cycle.supersededAt > at;
  // A late word about a cart that has changed hands concerns whoever has it now.
  return {
    customer: cycle.customer,
    fact: cartFact(cycle),
    overtaken: isOver || hasYielded,
    derived: derived.map(aboutCart),
  };
}
