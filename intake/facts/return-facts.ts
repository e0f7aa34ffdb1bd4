import type { EventOf } from '../../domain/events/catalogue.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instant.ts';
import { newId } from '../../store/new-id.ts';
import type { OrderRecord } from '../../store/orders.ts';
import type { ReturnRecord } from '../../store/returns.ts';
import type { Knowledge } from './knowledge.ts';
import { orderOf, recount, type About } from './order-facts.ts';
import { lineFacts, returnsOf } from './order-units.ts';
import { newerLines } from './parcel-facts.ts';

export type ReturnEvent = EventOf<'return.opened' | 'return.received' | 'return.closed'>;

/** Goods count as returned once the shop has them. */
export function moveReturn(
  knowledge: Knowledge,
  about: About,
  event: ReturnEvent,
): { readonly order: OrderRecord; readonly fact: Facts['return'] } {
  const known = orderOf(knowledge, event.data.orderId, about.customer);
  const before = knowledge.doorstep.return(known.id, event.data.returnId);
  const one = knowledge.doorstep.putReturn(joinWord(before, event, { order: known.id, at: about.at }));
  const order = recount(knowledge, known);
  const mine = returnsOf(order, knowledge.doorstep).find((other) => other.one.id === one.id);
  const fact = {
    return: one.id,
    order: order.id,
    customer: order.customer ?? about.customer,
    at: about.at,
    lines: lineFacts(order.lines, mine?.units),
  };
  return { order, fact };
}

function joinWord(
  before: ReturnRecord | undefined,
  { type, data }: ReturnEvent,
  { order, at }: { readonly order: string; readonly at: Instant },
): ReturnRecord {
  const known: ReturnRecord = before ?? {
    id: newId(),
    order,
    returnId: data.returnId,
    lines: null,
    linesAt: null,
    openedAt: null,
    receivedAt: null,
    closedAt: null,
  };
  const first = (instant: Instant | null): Instant => Math.min(at, instant ?? at);
  const joined = { ...known, ...newerLines(known, data.lines, at) };
  switch (type) {
    case 'return.opened':
      return { ...joined, openedAt: first(known.openedAt) };
    case 'return.received':
      return { ...joined, receivedAt: first(known.receivedAt) };
    case 'return.closed':
      return { ...joined, closedAt: first(known.closedAt) };
    default:
      return type satisfies never;
  }
}
