import type { EventData } from '../../domain/events/catalogue.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instant.ts';
import { newId } from '../../store/new-id.ts';
import type { OrderRecord, OrderState } from '../../store/orders.ts';
import { orderCart } from './cart-facts.ts';
import type { Knowledge } from './knowledge.ts';

/** States only rise, so that they come out the same in whatever order the events arrive: paid before placed, say. */
const rank: Record<OrderState, number> = {
  placed: 0,
  'payment-expired': 1,
  paid: 2,
  cancelled: 3,
  refunded: 4,
};

interface About {
  readonly customer: string;
  readonly at: Instant;
}

export function orderFact(order: OrderRecord, at: Instant): Facts['order'] {
  return { order: order.id, at, ...(order.cart === null ? {} : { cycle: order.cart }) };
}

/** What was ordered counts once: a second telling of the same order changes nothing but still quiets. */
export function placeOrder(
  knowledge: Knowledge,
  { customer, at }: About,
  data: EventData<'order.placed'>,
): OrderRecord {
  const order = orderOf(knowledge, data.orderId, customer);
  if (order.placedAt !== null) return order;
  knowledge.refunds.push(...knowledge.earlyRefunds.filter((refund) => refund.order === order.id));
  const cart =
    data.cartId === undefined ? null : orderCart(knowledge, { customer, at, cartId: data.cartId }).cycle.id;
  return put(
    knowledge,
    settled({
      ...order,
      customer,
      cart,
      channel: data.channel ?? null,
      total: data.total,
      placedAt: at,
      dueAt: data.dueAt === undefined ? null : Date.parse(data.dueAt),
      lines: data.lines.map((line) => ({
        shopLine: line.line ?? null,
        variant: line.variant,
        quantity: line.quantity,
        price: line.price,
        gift: line.gift ?? false,
      })),
    }),
  );
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
  return put(knowledge, { ...raised(order, state), closedAt: order.closedAt ?? at });
}

/** Refunds add up; the order counts as refunded once all of its value is back. */
export function refundOrder(
  knowledge: Knowledge,
  { customer }: About,
  data: EventData<'order.refunded'>,
): OrderRecord {
  const order = orderOf(knowledge, data.orderId, customer);
  for (const { variant, quantity } of data.lines ?? [])
    knowledge.refunds.push({ order: order.id, variant, quantity });
  return put(knowledge, settled({ ...order, refunded: order.refunded + data.amount.amount }));
}

function settled(order: OrderRecord): OrderRecord {
  const isAllBack = order.total !== null && order.total.amount > 0 && order.refunded >= order.total.amount;
  return isAllBack ? raised(order, 'refunded') : order;
}

function raised(order: OrderRecord, state: OrderState): OrderRecord {
  return rank[state] > rank[order.state] ? { ...order, state } : order;
}

/** The order, known or not: its payment may be told before it. */
function orderOf(knowledge: Knowledge, orderId: string, customer: string): OrderRecord {
  return (
    knowledge.orders.get(orderId) ?? {
      id: newId(),
      orderId,
      customer,
      cart: null,
      state: 'placed',
      channel: null,
      total: null,
      refunded: 0,
      placedAt: null,
      paidAt: null,
      dueAt: null,
      closedAt: null,
    }
  );
}

function put(knowledge: Knowledge, order: OrderRecord): OrderRecord {
  knowledge.orders.set(order.orderId, order);
  knowledge.changedOrders.add(order.orderId);
  return order;
}
