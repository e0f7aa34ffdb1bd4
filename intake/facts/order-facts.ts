import { seasonOf } from '../../domain/calendar/seasons.ts';
import type { EventData } from '../../domain/events/catalogue.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instant.ts';
import { localDay } from '../../domain/local-day.ts';
import { newId } from '../../store/new-id.ts';
import type { OrderRecord, OrderState } from '../../store/orders.ts';
import { countsFrom } from '../far-ahead.ts';
import { orderCart } from './cart-facts.ts';
import type { Knowledge } from './knowledge.ts';
import { lineFacts, unitsOf } from './order-units.ts';

/** States only rise, so that they come out the same in whatever order the events arrive: paid before placed, say. */
const rank: Record<OrderState, number> = {
  placed: 0,
  'payment-expired': 1,
  paid: 2,
  cancelled: 3,
  refunded: 4,
};

export interface About {
  readonly customer: string;
  readonly at: Instant;
  /** Of the event's envelope. */
  readonly market?: string | undefined;
}

export function orderFact(knowledge: Knowledge, order: OrderRecord, about: About): Facts['order'] {
  const { at } = about;
  const customer = order.customer ?? about.customer;
  const market = order.market ?? about.market;
  const over = endOf(order);
  const profile = knowledge.customers.get(customer)?.profile;
  const timeZone = profile?.time_zone ?? knowledge.home.timeZone;
  const country = isCountry(market) ? market : (profile?.country ?? knowledge.home.country);
  const season = seasonOf(localDay(order.placedAt ?? at, timeZone), country ?? undefined);
  return {
    order: order.id,
    customer,
    at,
    day: localDay(at, timeZone),
    number: knowledge.history.numberOf(customer, { ...order, placedAt: order.placedAt ?? at }),
    lines: lineFacts(order.lines),
    ...(order.cart === null ? {} : { cycle: order.cart }),
    ...(market === undefined ? {} : { market }),
    ...(season === undefined ? {} : { season }),
    ...(over === undefined ? {} : { over }),
  };
}

/** Shops name their markets as they like; only a country says which holidays are kept there. */
function isCountry(market: string | undefined): market is string {
  return market !== undefined && /^[A-Z]{2}$/.test(market);
}

/** A shop that keeps the postage refunds every line and less than the total. */
function endOf({ state, lines }: OrderRecord): Facts['order']['over'] {
  if (state === 'cancelled' || state === 'refunded') return state;
  const isAllRefunded = lines.length > 0 && lines.every((line) => line.refunded >= line.quantity);
  return isAllRefunded ? 'refunded' : undefined;
}

/** What was ordered counts once: a second telling of the same order changes nothing but still quiets. */
export function placeOrder(
  knowledge: Knowledge,
  { customer, at, market }: About,
  data: EventData<'order.placed'>,
): OrderRecord {
  const order = orderOf(knowledge, data.orderId, customer);
  if (order.placedAt !== null) return order;
  const orderedAt = countsFrom(at, knowledge.now);
  const cart =
    data.cartId === undefined
      ? null
      : orderCart(knowledge, { customer, at: orderedAt, cartId: data.cartId }).cycle.id;
  const placed = settled(knowledge, {
    ...order,
    customer,
    cart,
    channel: data.channel ?? null,
    market: market ?? null,
    total: data.total,
    placedAt: at,
    dueAt: data.dueAt === undefined ? null : Date.parse(data.dueAt),
    lines: data.lines.map((line, index) => ({
      line: index + 1,
      shopLine: line.line ?? null,
      variant: line.variant,
      quantity: line.quantity,
      price: line.price,
      gift: line.gift ?? false,
      refunded: 0,
      shipped: 0,
      delivered: 0,
      returned: 0,
    })),
  });
  return recount(knowledge, put(knowledge, placed));
}

export function payOrder(knowledge: Knowledge, { customer, at }: About, orderId: string): OrderRecord {
  const order = orderOf(knowledge, orderId, customer);
  return put(knowledge, { ...raised(order, 'paid'), paidAt: Math.min(at, order.paidAt ?? at) });
}

export function closeOrder(
  knowledge: Knowledge,
  { customer, at }: About,
  { orderId, state }: { orderId: string; state: 'payment-expired' | 'cancelled' },
): OrderRecord {
  const order = orderOf(knowledge, orderId, customer);
  return put(knowledge, { ...raised(order, state), closedAt: Math.min(at, order.closedAt ?? at) });
}

/** Refunds in the order's own currency add up; the order counts as refunded once all of its value is back. */
export function refundOrder(
  knowledge: Knowledge,
  { customer, at }: About,
  { orderId, amount, lines }: EventData<'order.refunded'>,
): OrderRecord {
  const order = orderOf(knowledge, orderId, customer);
  knowledge.doorstep.addRefund({ id: newId(), order: order.id, amount, lines: lines ?? null, at });
  return recount(knowledge, put(knowledge, settled(knowledge, order)));
}

/** Counted anew each time: before the order is told, nobody knows which refunds are in its currency. */
function settled({ doorstep }: Knowledge, order: OrderRecord): OrderRecord {
  const { total } = order;
  const refunded = doorstep
    .refundsOf(order.id)
    .filter(({ amount }) => total === null || amount.currency === total.currency)
    .reduce((sum, { amount }) => sum + amount.amount, 0);
  const isAllBack = total !== null && total.amount > 0 && refunded >= total.amount;
  return isAllBack ? raised({ ...order, refunded }, 'refunded') : { ...order, refunded };
}

function raised(order: OrderRecord, state: OrderState): OrderRecord {
  return rank[state] > rank[order.state] ? { ...order, state } : order;
}

/** The order, known or not: its payment or its parcel may be told before it. */
export function orderOf(knowledge: Knowledge, orderId: string, customer: string): OrderRecord {
  return (
    knowledge.orders.get(orderId) ??
    put(knowledge, {
      id: newId(),
      orderId,
      customer,
      cart: null,
      state: 'placed',
      channel: null,
      market: null,
      total: null,
      refunded: 0,
      placedAt: null,
      paidAt: null,
      dueAt: null,
      closedAt: null,
      lines: [],
    })
  );
}

/** What became of its units, after something was told about some of them. */
export function recount(knowledge: Knowledge, order: OrderRecord): OrderRecord {
  if (order.lines.length === 0) return order;
  knowledge.changedLines.add(order.orderId);
  return put(knowledge, { ...order, lines: unitsOf(order, knowledge.doorstep) });
}

function put(knowledge: Knowledge, order: OrderRecord): OrderRecord {
  knowledge.history.follow(knowledge.orders.get(order.orderId), order);
  knowledge.orders.set(order.orderId, order);
  knowledge.changedOrders.add(order.orderId);
  return order;
}
