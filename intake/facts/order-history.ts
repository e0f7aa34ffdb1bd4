import type { OrderRecord, PlacedOrder } from '../../store/orders.ts';

/** When the customers concerned placed their orders, so that each order knows whether it is the first. Cancelled ones do not count. */
export class OrderHistory {
  readonly #byCustomer = new Map<string, Map<string, PlacedOrder>>();

  constructor(placed: Iterable<PlacedOrder>) {
    for (const order of placed) this.#ordersOf(order.customer).set(order.id, order);
  }

  /** Follows an order that was placed, cancelled or came to somebody else. */
  follow(before: OrderRecord | undefined, { id, orderId, customer, placedAt, state }: OrderRecord): void {
    if (before?.customer !== undefined && before.customer !== null)
      this.#ordersOf(before.customer).delete(id);
    if (customer === null || placedAt === null || state === 'cancelled') return;
    this.#ordersOf(customer).set(id, { id, orderId, customer, placedAt });
  }

  /** 1 for the first order of the customer; two of the same instant count in the order of the shop's ids. */
  numberOf(customer: string, order: Omit<PlacedOrder, 'customer'>): number {
    let number = 1;
    for (const other of this.#ordersOf(customer).values())
      if (other.id !== order.id && isBefore(other, order)) number += 1;
    return number;
  }

  #ordersOf(customer: string): Map<string, PlacedOrder> {
    const known = this.#byCustomer.get(customer);
    if (known !== undefined) return known;
    const orders = new Map<string, PlacedOrder>();
    this.#byCustomer.set(customer, orders);
    return orders;
  }
}

function isBefore(a: Omit<PlacedOrder, 'customer'>, b: Omit<PlacedOrder, 'customer'>): boolean {
  return a.placedAt === b.placedAt ? a.orderId < b.orderId : a.placedAt < b.placedAt;
}
