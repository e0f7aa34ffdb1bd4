import type { PerennialEvent } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import { drawCustomer } from './draw-customer.ts';
import { drawBasket, drawFate, drawPurchase, type DrawnOrder, type Fate } from './draw-order.ts';
import { drawReturns } from './draw-returns.ts';
import { createRandom } from './random.ts';
import type { RealLine, RealOrder, RealOrders } from './read-orders.ts';
import { shelve } from './shelf.ts';
import { hour } from './tell.ts';

/** Real orders as the events that a shop would have sent, and what was drawn for it. */
export interface DrawnSeason {
  /** In the order of their instants. */
  readonly events: readonly PerennialEvent[];
  readonly from: Instant;
  readonly customers: number;
  readonly orders: number;
  /** How many baskets met which fate; empty when every basket was bought, as in the data. */
  readonly fates: Readonly<Partial<Record<Fate, number>>>;
}

export interface DrawOptions {
  /** When customers and products are told of: before the first order. */
  readonly from: Instant;
  /** Whether some baskets are left behind. The data holds bought ones only. */
  readonly leavesBaskets: boolean;
  /** Orders of before, from which something may come back. */
  readonly before?: readonly RealOrder[];
  /** Any number; the same one draws the same for the same customer, whoever else is played. */
  readonly seed?: number;
}

/** Turns real orders into events. The same orders and seed give the same events. */
export function drawSeason({ orders, returns }: RealOrders, options: DrawOptions): DrawnSeason {
  const { from, leavesBaskets, before = [], seed = 2010 } = options;
  const fates: Partial<Record<Fate, number>> = {};
  const drawn = orders.map((order): { order: RealOrder; drawn: DrawnOrder } => {
    const random = createRandom(`${seed}/order/${order.invoice}`);
    if (!leavesBaskets) {
      return { order, drawn: { events: drawPurchase(order, order.at, {}, random), placedAt: order.at } };
    }
    const fate = drawFate(random);
    fates[fate] = (fates[fate] ?? 0) + 1;
    return { order, drawn: drawBasket(order, fate, random) };
  });
  const placed = [
    ...before.map((order) => ({ order, at: order.at })),
    ...drawn.flatMap(({ order, drawn: { placedAt: at } }) => (at === undefined ? [] : [{ order, at }])),
  ];
  const customers = firstOrders(orders);
  return {
    events: [
      ...linesOf(orders).map((line) => shelve(line, from)),
      ...customers.flatMap(({ customer, country }) =>
        drawCustomer(customer, country, from + hour, createRandom(`${seed}/customer/${customer}`)),
      ),
      ...drawn.flatMap(({ drawn: { events } }) => events),
      ...drawReturns(returns, placed),
    ].toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt)),
    from,
    customers: customers.length,
    orders: orders.length,
    fates,
  };
}

function firstOrders(orders: readonly RealOrder[]): RealOrder[] {
  return [...new Map(orders.toReversed().map((order) => [order.customer, order])).values()].toReversed();
}

function linesOf(orders: readonly RealOrder[]): RealLine[] {
  return [...new Map(orders.flatMap(({ lines }) => lines).map((line) => [line.variant, line])).values()];
}
