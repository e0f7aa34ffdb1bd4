import type { Clock } from '../../domain/instant.ts';

/** An event of the made-up shop. */
export interface TrafficEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly customerId?: string;
  readonly data: object;
}

const customers = 20_000;
const variants = 2000;

/**
 * What a busy shop tells: of ten events six are carts, one a checkout, one an order, one is about a customer and one about a
 * product. The same seed gives the same traffic.
 */
export function createShopTraffic(clock: Clock): { take(count: number): TrafficEvent[] } {
  let state = 20_260_302;
  let count = 0;
  // Lehmer's generator (Park and Miller 1988): plain, seeded, good enough to shuffle customers.
  const below = (limit: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % limit;
  };
  const item = () => ({
    variant: `sku-${below(variants)}`,
    quantity: 1 + below(3),
    price: { amount: 255, currency: 'GBP' },
  });
  const items = () => Array.from({ length: 1 + below(3) }, item);

  function next(): TrafficEvent {
    count += 1;
    const customer = below(customers);
    const cartId = `cart-${customer}`;
    const around = { id: `traffic-${count}`, occurredAt: new Date(clock.now()).toISOString() };
    const about = { ...around, customerId: `customer-${customer}` };
    switch (below(10)) {
      case 0:
        return { ...about, type: 'checkout.started', data: { checkoutId: `checkout-${count}`, cartId } };
      case 1: {
        const order = {
          orderId: `order-${count}`,
          lines: items(),
          total: { amount: 510, currency: 'GBP' },
          cartId,
        };
        return { ...about, type: 'order.placed', data: order };
      }
      case 2:
        return {
          ...about,
          type: 'customer.updated',
          data: { locale: 'en-GB', email: `person-${customer}@example.com` },
        };
      case 3:
        return {
          ...around,
          type: 'product.updated',
          data: { variant: `sku-${below(variants)}`, stock: below(100) },
        };
      default:
        return { ...about, type: 'cart.updated', data: { cartId, items: items() } };
    }
  }
  return { take: (many) => Array.from({ length: many }, next) };
}
