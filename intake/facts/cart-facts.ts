import type { EventData } from '../../domain/events/catalogue.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instant.ts';
import { parseDuration } from '../../domain/duration.ts';
import type { CartCycle } from '../../store/carts.ts';
import { newId } from '../../store/new-id.ts';
import type { DerivedEvent } from './derive.ts';
import type { Knowledge } from './knowledge.ts';

/**
 * Cart cycles (journeys reference 4.1). A cycle closes on its order, on being emptied or after 30 idle days; what happens
 * to that cart id afterwards opens the next one. Of several open carts the newest speaks: the others are superseded
 * until somebody touches them again.
 */
const idleDays = parseDuration('30 days');

/** What happened to a cart, and to the customer's other carts because of it. */
export interface CartChange {
  readonly cycle: CartCycle;
  /** The cycle was over when the event happened, or something newer had been said about it. */
  readonly late: boolean;
  readonly derived: readonly DerivedCartEvent[];
}

export interface DerivedCartEvent {
  readonly type: 'cart.superseded' | 'cart.emptied';
  readonly cycle: CartCycle;
  readonly at: Instant;
}

export function aboutCart({ type, cycle, at }: DerivedCartEvent): DerivedEvent {
  const { id: subject, customer, cartId } = cycle;
  return { type, subject, customer, at, fact: cartFact(cycle), data: { cartId } };
}

interface CartEvent {
  readonly customer: string;
  readonly cartId: string;
  readonly at: Instant;
}

export function cartFact(cycle: CartCycle): Facts['cart'] {
  return {
    cycle: cycle.id,
    at: cycle.lastActivityAt,
    items: cycle.items.map(({ variant, quantity }) => ({ variant, quantity })),
    ...(cycle.checkoutAt === null ? {} : { checkoutAt: cycle.checkoutAt }),
  };
}

/** The whole cart as it is now. Without items it is emptied, whether or not the shop also says so. */
export function updateCart(
  knowledge: Knowledge,
  { customer, at }: { customer: string; at: Instant },
  data: EventData<'cart.updated'>,
): CartChange {
  const touched = touch(knowledge, { customer, at, cartId: data.cartId }, data.items.length > 0);
  if (touched.late && !lacksItems(touched.cycle)) return touched;
  const cycle = knowledge.carts.put({
    ...touched.cycle,
    items: data.items,
    total: data.total ?? null,
    url: data.url ?? touched.cycle.url,
  });
  if (data.items.length > 0 || cycle.state !== 'open') return { ...touched, cycle };
  const emptied = close(knowledge, cycle, 'emptied', at);
  return {
    cycle: emptied,
    late: false,
    derived: [...touched.derived, { type: 'cart.emptied', cycle: emptied, at }],
  };
}

/** Its checkout or its order was told before its items. */
function lacksItems({ state, items }: CartCycle): boolean {
  return items.length === 0 && (state === 'open' || state === 'ordered');
}

export function emptyCart(knowledge: Knowledge, event: CartEvent): CartChange {
  const cycle = cycleAt(knowledge, event);
  if (cycle === undefined) return { cycle: addCycle(knowledge, event, 'emptied'), late: false, derived: [] };
  if (cycle.state !== 'open') return { cycle, late: true, derived: [] };
  if (event.at < cycle.lastActivityAt) return { cycle, late: true, derived: [] };
  return { cycle: close(knowledge, { ...cycle, items: [] }, 'emptied', event.at), late: false, derived: [] };
}

/** Intent only rises: a checkout counts even when it is told late. */
export function startCheckout(
  knowledge: Knowledge,
  { customer, at }: { customer: string; at: Instant },
  data: EventData<'checkout.started'>,
): CartChange {
  const touched = touch(knowledge, { customer, at, cartId: data.cartId }, true);
  const { cycle } = touched;
  if (cycle.state !== 'open') return touched;
  const checkoutAt = Math.max(at, cycle.checkoutAt ?? at);
  const url = touched.late ? cycle.url : (data.url ?? cycle.url);
  return { ...touched, cycle: knowledge.carts.put({ ...cycle, checkoutAt, url }) };
}

/**
 * An order closes the cycle that its cart was in. An order that is older than the whole cycle belongs to the one before,
 * if there was one; if not, its clock is a little behind and it is this one's.
 */
export function orderCart(knowledge: Knowledge, event: CartEvent): CartChange {
  const cycle = cycleAt(knowledge, event);
  if (cycle === undefined) return { cycle: addCycle(knowledge, event, 'ordered'), late: false, derived: [] };
  const mine = move(knowledge, cycle, event);
  if (mine.state === 'ordered') return { cycle: mine, late: true, derived: [] };
  // Many shops empty the cart as they take the order: it was ordered all the same.
  return { cycle: close(knowledge, mine, 'ordered', mine.closedAt ?? event.at), late: false, derived: [] };
}

/** The customer did something with the cart: it is theirs, it is awake, and it is the one that speaks. */
function touch(knowledge: Knowledge, event: CartEvent, opens: boolean): CartChange {
  const cycle = cycleAt(knowledge, event);
  if (cycle === undefined || isIdle(cycle, event.at)) return touchedFirst(knowledge, event, opens);
  if (cycle.state !== 'open') {
    if (cycle.closedAt !== null && event.at <= cycle.closedAt) return { cycle, late: true, derived: [] };
    return opens ? touchedFirst(knowledge, event, true) : { cycle, late: true, derived: [] };
  }
  if (event.at < cycle.lastActivityAt) {
    const openedAt = Math.min(cycle.openedAt, event.at);
    return {
      cycle: openedAt === cycle.openedAt ? cycle : knowledge.carts.put({ ...cycle, openedAt }),
      late: true,
      derived: [],
    };
  }
  return { late: false, ...speak(knowledge, { ...move(knowledge, cycle, event), lastActivityAt: event.at }) };
}

function touchedFirst(knowledge: Knowledge, event: CartEvent, opens: boolean): CartChange {
  const expired = expireIdle(knowledge, event);
  const cycle = addCycle(knowledge, event, opens ? 'open' : 'emptied');
  if (!opens) return { cycle, late: false, derived: expired };
  const spoken = speak(knowledge, cycle);
  return { cycle: spoken.cycle, late: false, derived: [...expired, ...spoken.derived] };
}

/** The cart that was used last speaks and silences the others, unless its event came late and another one speaks already. */
function speak(knowledge: Knowledge, cycle: CartCycle): Pick<CartChange, 'cycle' | 'derived'> {
  const newer = newestOpen(knowledge, cycle);
  if (newer === undefined || newer.lastActivityAt <= cycle.lastActivityAt) {
    const speaking = knowledge.carts.put({ ...cycle, supersededAt: null });
    return { cycle: speaking, derived: supersedeOthers(knowledge, speaking) };
  }
  const at = newer.lastActivityAt;
  const silent = knowledge.carts.put({ ...cycle, supersededAt: at });
  const wasSilent = cycle.supersededAt !== null;
  return { cycle: silent, derived: wasSilent ? [] : [{ type: 'cart.superseded', cycle: silent, at }] };
}

/** The cycle of the cart that an event of that instant belongs to; `undefined` when nobody has spoken of the cart yet. */
function cycleAt(knowledge: Knowledge, { cartId, at }: CartEvent): CartCycle | undefined {
  const [latest, before] = knowledge.carts.cyclesOf(cartId);
  return latest !== undefined && before !== undefined && at < latest.openedAt ? before : latest;
}

function isIdle(cycle: CartCycle, at: Instant): boolean {
  return cycle.state === 'open' && at > cycle.lastActivityAt + idleDays;
}

/** The cycle that was left lying for 30 days is over; its journeys, should any still run, give way to the new one. */
function expireIdle(knowledge: Knowledge, { cartId, at }: CartEvent): DerivedCartEvent[] {
  const [latest] = knowledge.carts.cyclesOf(cartId);
  if (latest?.state !== 'open') return [];
  const expired = close(knowledge, latest, 'expired', latest.lastActivityAt + idleDays);
  return [{ type: 'cart.superseded', cycle: expired, at }];
}

function supersedeOthers(knowledge: Knowledge, speaking: CartCycle): DerivedCartEvent[] {
  const at = speaking.lastActivityAt;
  return knowledge.carts
    .openOf(speaking.customer)
    .filter((cart) => cart.id !== speaking.id && cart.supersededAt === null && cart.lastActivityAt <= at)
    .map((cart) => ({
      type: 'cart.superseded' as const,
      cycle: knowledge.carts.put({ ...cart, supersededAt: at }),
      at,
    }));
}

/** After a merge one person has the carts of two: the newest speaks. */
export function silenceOlderCarts(knowledge: Knowledge, customer: string): DerivedCartEvent[] {
  const awake = knowledge.carts.openOf(customer).filter((cart) => cart.supersededAt === null);
  const newest = awake.sort((a, b) => b.lastActivityAt - a.lastActivityAt)[0];
  return newest === undefined ? [] : supersedeOthers(knowledge, newest);
}

function newestOpen(knowledge: Knowledge, but: CartCycle): CartCycle | undefined {
  return knowledge.carts
    .openOf(but.customer)
    .filter((cart) => cart.id !== but.id)
    .sort((a, b) => b.lastActivityAt - a.lastActivityAt)[0];
}

function addCycle(knowledge: Knowledge, event: CartEvent, state: CartCycle['state']): CartCycle {
  const latest = knowledge.carts.cyclesOf(event.cartId)[0];
  return knowledge.carts.put({
    id: newId(),
    customer: event.customer,
    cartId: event.cartId,
    cycle: (latest?.cycle ?? 0) + 1,
    state,
    items: [],
    total: null,
    url: null,
    openedAt: event.at,
    lastActivityAt: event.at,
    checkoutAt: null,
    supersededAt: null,
    closedAt: state === 'open' ? null : event.at,
  });
}

function close(
  knowledge: Knowledge,
  cycle: CartCycle,
  state: 'ordered' | 'emptied' | 'expired',
  at: Instant,
): CartCycle {
  return knowledge.carts.put({ ...cycle, state, closedAt: at });
}

/** The cart belongs to whoever used it last: a guest who is known under another name now, or ordered as somebody else. */
function move(knowledge: Knowledge, cycle: CartCycle, { customer }: CartEvent): CartCycle {
  if (cycle.customer === customer) return cycle;
  knowledge.cartMoves.push({ cycle: cycle.id, from: cycle.customer, to: customer });
  return knowledge.carts.put({ ...cycle, customer });
}
