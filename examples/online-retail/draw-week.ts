import type { EventData, EventName, PerennialEvent } from '../../domain/events/catalogue.ts';
import { toIso, type Instant } from '../../domain/instant.ts';
import { createRandom, type Random } from './random.ts';
import type { RealLine, RealOrder } from './read-orders.ts';

/**
 * What the data does not tell, drawn with a fixed seed: which baskets were left behind, how customers can be reached,
 * what they consented to, which language they read. Baskets, prices, dates and customers are real.
 */
export interface DrawnWeek {
  /** In order of their instants. */
  readonly events: readonly PerennialEvent[];
  readonly from: Instant;
  readonly until: Instant;
  /** How many baskets met which fate, for the summary. */
  readonly fates: Readonly<Record<Fate, number>>;
}

export type Fate =
  | 'bought at once'
  | 'left in the cart'
  | 'left at the checkout'
  | 'bought later on another device'
  | 'bought at the counter before the reminder'
  | 'opted out while the reminder waited';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const countries: Readonly<Record<string, { code: string; zone: string; dial: string }>> = {
  'United Kingdom': { code: 'GB', zone: 'Europe/London', dial: '+4477009' },
  France: { code: 'FR', zone: 'Europe/Paris', dial: '+3363998' },
  Germany: { code: 'DE', zone: 'Europe/Berlin', dial: '+4915290' },
  Netherlands: { code: 'NL', zone: 'Europe/Amsterdam', dial: '+3161234' },
  Sweden: { code: 'SE', zone: 'Europe/Stockholm', dial: '+4670174' },
};

/** Turns a week of real orders into the events a shop would have sent. The same orders and seed give the same week. */
export function drawWeek(orders: readonly RealOrder[], seed = 2011): DrawnWeek {
  const random = createRandom(seed);
  const from = Math.min(...orders.map((order) => order.at)) - day;
  const fates: Record<Fate, number> = {
    'bought at once': 0,
    'left in the cart': 0,
    'left at the checkout': 0,
    'bought later on another device': 0,
    'bought at the counter before the reminder': 0,
    'opted out while the reminder waited': 0,
  };
  const events: PerennialEvent[] = [
    ...catalogueOf(orders).map((line, index) => productEvent(line, from, index)),
    ...customersOf(orders).flatMap((order) => customerEvents(order, from, random)),
  ];
  for (const order of orders) {
    const fate = drawFate(random);
    fates[fate] += 1;
    events.push(...basketEvents(order, fate, random));
  }
  events.push(...soldOut(orders, random));
  return {
    events: events.toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt)),
    from,
    until: from + 8 * day,
    fates,
  };
}

function drawFate(random: Random): Fate {
  return random.pick([
    ['bought at once', 40],
    ['left in the cart', 25],
    ['left at the checkout', 14],
    ['bought later on another device', 8],
    ['bought at the counter before the reminder', 7],
    ['opted out while the reminder waited', 6],
  ]);
}

function basketEvents(order: RealOrder, fate: Fate, random: Random): PerennialEvent[] {
  const customerId = order.customer;
  const cartId = `cart-${order.invoice}`;
  const begun = order.at - random.whole(12, 40) * minute;
  const items = order.lines.map(toItem);
  const tell = <Name extends EventName>(type: Name, at: Instant, data: EventData<Name>): PerennialEvent =>
    event(`${order.invoice}-${type}-${Math.round((at - begun) / minute)}`, type, at, data, customerId);
  const cart = [
    tell('cart.updated', begun, { cartId, items: items.slice(0, 1), url: 'https://shop.example/cart' }),
    tell('cart.updated', order.at - 5 * minute, { cartId, items, url: 'https://shop.example/cart' }),
  ];
  const checkout = tell('checkout.started', order.at - 2 * minute, { checkoutId: `checkout-${order.invoice}`, cartId });
  const bought = (at: Instant, how: { cartId?: string; channel?: string }) => [
    tell('order.placed', at, { orderId: order.invoice, lines: items, total: totalOf(order), ...how }),
    tell('order.paid', at + minute, { orderId: order.invoice }),
  ];
  switch (fate) {
    case 'bought at once':
      return [...cart, checkout, ...bought(order.at, { cartId })];
    case 'left in the cart':
      return cart;
    case 'left at the checkout':
      return [...cart, checkout];
    case 'bought later on another device':
      return [...cart, ...bought(order.at + random.whole(6, 22) * hour, { channel: 'app' })];
    case 'bought at the counter before the reminder':
      return [...cart, ...bought(order.at + 2 * hour, { channel: 'shop counter' })];
    case 'opted out while the reminder waited':
      return [
        ...cart,
        tell('consent.changed', order.at + hour, {
          channel: 'all',
          purpose: 'marketing',
          state: 'withdrawn',
          basis: 'preference page',
        }),
      ];
  }
}

function customerEvents(order: RealOrder, at: Instant, random: Random): PerennialEvent[] {
  const country = countries[order.country] ?? { code: 'GB', zone: 'Europe/London', dial: '+4477009' };
  const korean = random.chance(0.12);
  const reach = random.pick([
    ['email', 62],
    ['email and phone', 16],
    ['phone', 14],
    ['nothing', 8],
  ]);
  const phone = korean ? `+82105550${order.customer.slice(-4)}` : `${country.dial}0${order.customer.slice(-4)}`;
  const profile = event(`${order.customer}-profile`, 'customer.updated', at, {
    ...(reach.includes('email') ? { email: `customer-${order.customer}@mail.example` } : {}),
    ...(reach.includes('phone') ? { phone } : {}),
    locale: korean ? 'ko-KR' : 'en-GB',
    country: korean ? 'KR' : country.code,
    timeZone: korean ? 'Asia/Seoul' : country.zone,
  }, order.customer);
  const consents = (['email', 'sms'] as const)
    .filter(() => random.chance(0.85))
    .map((channel) =>
      event(`${order.customer}-consent-${channel}`, 'consent.changed', at, {
        channel,
        purpose: 'marketing',
        state: 'granted',
        basis: 'checkout box',
        wording: 'v1',
      }, order.customer),
    );
  return [profile, ...consents];
}

/** On Tuesday evening a tenth of the baskets lose their first item: it is sold out. */
function soldOut(orders: readonly RealOrder[], random: Random): PerennialEvent[] {
  return orders
    .filter(() => random.chance(0.1))
    .map((order) => {
      const [line] = order.lines;
      const variant = line?.variant ?? '';
      return event(`${order.invoice}-sold-out`, 'product.updated', order.at + 3 * hour, { variant, stock: 0 });
    });
}

function productEvent(line: RealLine, at: Instant, index: number): PerennialEvent {
  return event(`product-${index}-${line.variant}`, 'product.updated', at, {
    variant: line.variant,
    title: line.title,
    price: { amount: line.price, currency: 'GBP' },
    url: `https://shop.example/products/${encodeURIComponent(line.variant)}`,
  });
}

function event<Name extends EventName>(id: string, type: Name, at: Instant, data: EventData<Name>, customerId?: string): PerennialEvent {
  const envelope = { id, type, occurredAt: toIso(at), source: 'online-retail', data, ...(customerId ? { customerId } : {}) };
  return envelope as PerennialEvent;
}

function toItem(line: RealLine) {
  return { variant: line.variant, quantity: line.quantity, price: { amount: line.price, currency: 'GBP' } };
}

function totalOf(order: RealOrder) {
  return { amount: order.lines.reduce((sum, line) => sum + line.quantity * line.price, 0), currency: 'GBP' };
}

function catalogueOf(orders: readonly RealOrder[]): RealLine[] {
  return [...new Map(orders.flatMap((order) => order.lines).map((line) => [line.variant, line])).values()];
}

function customersOf(orders: readonly RealOrder[]): RealOrder[] {
  return [...new Map(orders.map((order) => [order.customer, order])).values()];
}
