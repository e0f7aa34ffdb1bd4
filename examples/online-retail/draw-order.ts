import type { PerennialEvent } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Random } from './random.ts';
import type { RealLine, RealOrder } from './read-orders.ts';
import { day, hour, minute, tell } from './tell.ts';

/** What became of a basket. The data knows bought ones only: here some are made to have been left behind. */
export const fates = [
  'bought at once',
  'left in the cart',
  'left at the checkout',
  'bought later on another device',
  'bought at the counter before the reminder',
  'opted out while the reminder waited',
] as const;
export type Fate = (typeof fates)[number];

export interface DrawnOrder {
  readonly events: readonly PerennialEvent[];
  /** When it was placed; undefined when the basket was left behind. */
  readonly placedAt: Instant | undefined;
}

export function drawFate(random: Random): Fate {
  return random.pick([
    ['bought at once', 62],
    ['left in the cart', 12],
    ['left at the checkout', 9],
    ['bought later on another device', 7],
    ['bought at the counter before the reminder', 6],
    ['opted out while the reminder waited', 4],
  ]);
}

/** A basket with its cart, its fate, and what follows when it is bought. */
export function drawBasket(order: RealOrder, fate: Fate, random: Random): DrawnOrder {
  const { customer, invoice } = order;
  const cartId = `cart-${invoice}`;
  const items = order.lines.map(toItem);
  const cart = tell(`${invoice}-cart`, 'cart.updated', order.at - 6 * minute, {
    cartId,
    items,
    url: 'https://shop.example/cart',
  }, customer);
  const checkout = tell(`${invoice}-checkout`, 'checkout.started', order.at - 2 * minute, {
    checkoutId: `checkout-${invoice}`,
    cartId,
  }, customer);
  const bought = (placedAt: Instant, before: readonly PerennialEvent[], how: HowBought): DrawnOrder => ({
    events: [...before, ...drawPurchase(order, placedAt, how, random)],
    placedAt,
  });
  switch (fate) {
    case 'bought at once':
      return bought(order.at, [cart, checkout], { cartId });
    case 'left in the cart':
      return { events: [cart], placedAt: undefined };
    case 'left at the checkout':
      return { events: [cart, checkout], placedAt: undefined };
    case 'bought later on another device':
      return bought(order.at + random.whole(6, 22) * hour, [cart], { channel: 'app' });
    case 'bought at the counter before the reminder':
      return bought(order.at + 2 * hour, [cart], { channel: 'shop counter' });
    case 'opted out while the reminder waited':
      return { events: [cart, optOut(order)], placedAt: undefined };
    default:
      return fate satisfies never;
  }
}

export interface HowBought {
  readonly cartId?: string;
  readonly channel?: string;
}

/**
 * An order that was really placed, with what the data does not tell of it: the payment, the parcels, and what the customer
 * says about the goods.
 */
export function drawPurchase(
  order: RealOrder,
  placedAt: Instant,
  how: HowBought,
  random: Random,
): PerennialEvent[] {
  const { customer, invoice } = order;
  const paid = random.pick([
    [minute, 90],
    [26 * hour, 7],
    [undefined, 3],
  ]);
  const placed = tell(`${invoice}-placed`, 'order.placed', placedAt, {
    orderId: invoice,
    lines: order.lines.map(toItem),
    total: totalOf(order),
    ...how,
  }, customer);
  // Never paid: the shop waits a week and cancels.
  if (paid === undefined) {
    const cancelled = tell(`${invoice}-cancelled`, 'order.cancelled', placedAt + 7 * day, { orderId: invoice }, customer);
    return [placed, cancelled];
  }
  const payment = tell(`${invoice}-paid`, 'order.paid', placedAt + paid, { orderId: invoice }, customer);
  return [placed, payment, ...drawParcels(order, placedAt + paid, random)];
}

/** Sent within two days, delivered in one to five; of one in eight the carrier never tells that it arrived. */
function drawParcels(order: RealOrder, paidAt: Instant, random: Random): PerennialEvent[] {
  const { customer, invoice: orderId } = order;
  const shippedAt = paidAt + random.whole(20, 44) * hour;
  const deliveredAt = shippedAt + random.whole(1, 5) * day;
  const isTold = random.chance(0.875);
  const parcels = partsOf(order.lines, random).map((lines, index) => {
    const shipmentId = `${orderId}-parcel-${index + 1}`;
    const units = lines.map(({ variant, quantity }) => ({ variant, quantity }));
    const parcel = { shipmentId, orderId, lines: units };
    const shipped = tell(`${shipmentId}-sent`, 'shipment.in_transit', shippedAt, parcel, customer);
    const delivered = tell(
      `${shipmentId}-delivered`, 'shipment.delivered', deliveredAt + index * 2 * day, parcel, customer,
    );
    return isTold ? [shipped, delivered] : [shipped];
  });
  return [...parcels.flat(), ...(isTold ? drawOpinion(order, deliveredAt, random) : [])];
}

/** One order in ten comes in two parcels, the second two days after the first. */
function partsOf(lines: readonly RealLine[], random: Random): (readonly RealLine[])[] {
  const isSplit = random.chance(0.1) && lines.length > 1;
  return isSplit ? [lines.slice(0, 1), lines.slice(1)] : [lines];
}

function drawOpinion(order: RealOrder, deliveredAt: Instant, random: Random): PerennialEvent[] {
  const { customer, invoice: orderId, lines } = order;
  const opinion = random.pick([
    ['none', 76],
    ['a review of their own accord', 6],
    ['a review after the request', 12],
    ['not content', 4],
    ['sent back', 2],
  ]);
  const [first] = lines;
  const stars = random.pick([
    [5, 60],
    [4, 30],
    [3, 10],
  ]);
  const review = (at: Instant) =>
    tell(`${orderId}-review`, 'review.submitted', at, { orderId, variant: first?.variant ?? '', stars }, customer);
  switch (opinion) {
    case 'none':
      return [];
    case 'a review of their own accord':
      return [review(deliveredAt + random.whole(50, 130) * hour)];
    case 'a review after the request':
      return [review(deliveredAt + random.whole(8, 12) * day)];
    case 'not content':
      return [tell(`${orderId}-feedback`, 'feedback.submitted', deliveredAt + day, { orderId, score: 2 }, customer)];
    case 'sent back':
      return [tell(`${orderId}-return`, 'return.opened', deliveredAt + 2 * day, { returnId: `${orderId}-back`, orderId }, customer)];
    default:
      return opinion satisfies never;
  }
}

function optOut({ customer, invoice, at }: RealOrder): PerennialEvent {
  return tell(`${invoice}-opt-out`, 'consent.changed', at + hour, {
    channel: 'all',
    purpose: 'marketing',
    state: 'withdrawn',
    basis: 'preference page',
  }, customer);
}

function toItem(line: RealLine) {
  return { variant: line.variant, quantity: line.quantity, price: { amount: line.price, currency: 'GBP' } };
}

function totalOf(order: RealOrder) {
  return { amount: order.lines.reduce((sum, line) => sum + line.quantity * line.price, 0), currency: 'GBP' };
}
