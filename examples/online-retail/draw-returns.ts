import type { PerennialEvent } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import type { RealOrder, RealReturn } from './read-orders.ts';
import { tell } from './tell.ts';

/** An order that a customer has, and what is left of it. */
interface Owned {
  readonly order: string;
  readonly customer: string;
  readonly at: Instant;
  readonly left: Map<string, number>;
}

/**
 * The returns of the data as refunds. The data does not say which order something came back from: it is the newest earlier
 * one of the customer that has enough of it left. What came back from an order that nobody knows is left out.
 *
 * @param placed orders that were placed, with the instant at which they were
 */
export function drawReturns(
  returns: readonly RealReturn[],
  placed: readonly { readonly order: RealOrder; readonly at: Instant }[],
): PerennialEvent[] {
  const owned = placed.map(({ order, at }): Owned => ({
    order: order.invoice,
    customer: order.customer,
    at,
    left: new Map(order.lines.map(({ variant, quantity }) => [variant, quantity])),
  }));
  return returns.flatMap((back) => {
    const from = owned
      .filter(({ customer, at, left }) => customer === back.customer && at < back.at && leftOf(left, back) >= back.quantity)
      .toSorted((a, b) => b.at - a.at)[0];
    if (from === undefined) return [];
    from.left.set(back.variant, leftOf(from.left, back) - back.quantity);
    return [refund(back, from.order)];
  });
}

const leftOf = (left: ReadonlyMap<string, number>, { variant }: RealReturn) => left.get(variant) ?? 0;

function refund({ invoice, customer, at, variant, quantity, price }: RealReturn, orderId: string): PerennialEvent {
  return tell(`${invoice}-${variant}-${quantity}`, 'order.refunded', at, {
    orderId,
    amount: { amount: quantity * price, currency: 'GBP' },
    lines: [{ variant, quantity }],
  }, customer);
}
