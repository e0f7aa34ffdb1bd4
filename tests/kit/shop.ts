import type { EventData } from '../../domain/events/catalogue.ts';
import type { Instant } from '../../domain/instant.ts';
import type { World, WorldEvent } from '../../simulation/world.ts';

type Profile = Omit<EventData<'customer.updated'>, never>;
type CartItem = EventData<'cart.updated'>['items'][number];
type OrderLine = EventData<'order.placed'>['lines'][number];

/** What a customer may be reached by, in tests: e-mail unless it says otherwise. */
export interface Somebody extends Profile {
  readonly consents?: readonly ('email' | 'sms')[];
}

export const tea: CartItem = { variant: 'tea', quantity: 2, price: { amount: 450, currency: 'GBP' } };
export const mug: CartItem = { variant: 'mug', quantity: 1, price: { amount: 1200, currency: 'GBP' } };

/** Events as a shop would send them, in the fewest words. */
export function createShop(world: World) {
  let orders = 0;

  /** Two products that can be bought. */
  async function open(): Promise<void> {
    await world.track([
      product('tea', { title: 'Green tea', titles: { ko: '녹차' }, price: tea.price, stock: 20 }),
      product('mug', { title: 'Blue mug', titles: { ko: '파란 머그' }, price: mug.price, stock: 20 }),
    ]);
  }

  function product(variant: string, data: Omit<EventData<'product.updated'>, 'variant'>): WorldEvent {
    return { type: 'product.updated', data: { variant, ...data } };
  }

  /** A customer with addresses and consents. */
  async function greet(customerId: string, somebody: Somebody = {}): Promise<void> {
    const { consents = ['email'], ...profile } = somebody;
    const email = consents.includes('email') ? { email: `${customerId}@example.com` } : {};
    const phone = consents.includes('sms') ? { phone: '+447700900123' } : {};
    await world.track([
      {
        type: 'customer.updated',
        customerId,
        data: { givenName: 'Mina', country: 'GB', timeZone: 'Europe/London', ...email, ...phone, ...profile },
      },
      ...consents.map((channel) => consent(customerId, channel, 'granted')),
    ]);
  }

  function consent(
    customerId: string,
    channel: 'email' | 'sms' | 'all',
    state: 'granted' | 'withdrawn',
  ): WorldEvent {
    return {
      type: 'consent.changed',
      customerId,
      data: { channel, purpose: 'marketing', state, basis: 'a test' },
    };
  }

  function cart(customerId: string, cartId: string, items: readonly CartItem[] = [tea]): WorldEvent {
    return {
      type: 'cart.updated',
      customerId,
      data: { cartId, items: [...items], url: `https://shop.example/cart/${cartId}` },
    };
  }

  function checkout(customerId: string, cartId: string): WorldEvent {
    return { type: 'checkout.started', customerId, data: { checkoutId: `checkout-of-${cartId}`, cartId } };
  }

  function order(
    customerId: string,
    { cartId, lines = [tea] }: { cartId?: string; lines?: readonly OrderLine[] } = {},
  ): WorldEvent {
    orders += 1;
    return {
      type: 'order.placed',
      customerId,
      data: {
        orderId: `order-${orders}`,
        lines: [...lines],
        total: { amount: 900, currency: 'GBP' },
        ...(cartId !== undefined && { cartId }),
      },
    };
  }

  /** The same, as seen by the customer: which message left, by which road and when. */
  function received(): string[] {
    return world
      .outbox()
      .map(({ at, message, channel, to }) => `${iso(at)} ${message} by ${channel} to ${to}`);
  }

  /** How each journey ended, oldest first. */
  async function ends(): Promise<string[]> {
    const enrolments = await world.enrolments();
    return enrolments.map(
      ({ journey, state, exitReason }) => `${journey}: ${state === 'open' ? 'open' : exitReason}`,
    );
  }

  /** What was not sent, and why. */
  async function withheld(): Promise<string[]> {
    const deliveries = await world.deliveries();
    return deliveries
      .filter(({ state }) => state !== 'accepted')
      .map(({ step, state, reason }) => `${step} ${state}: ${reason}`);
  }

  return { open, product, greet, consent, cart, checkout, order, received, ends, withheld };
}

export type Shop = ReturnType<typeof createShop>;

/** To the minute, in UTC. */
export function iso(at: Instant): string {
  return new Date(at).toISOString().slice(0, 16);
}
