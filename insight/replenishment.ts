import { parseDuration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import { supplyMessages, type SupplyMessage } from '../domain/supply-messages.ts';
import type { Pantry, PantryGood, ToldOfSupplies } from './pantry.ts';
import { supplyOf, type Supply } from './supply.ts';

/**
 * When to remind somebody of what they will have used up (journeys reference, J12). A family of products speaks through
 * the newest order that it arrived with; families that are due within five days of each other share one message, whichever
 * orders they are of.
 */

/** Before the supply ends. */
const ahead = parseDuration('6 days');
/** After the first reminder. */
const later: Readonly<Record<SupplyMessage, number>> = {
  'replenishment-reminder': 0,
  'replenishment-last': parseDuration('10 days'),
  'replenishment-subscription': parseDuration('30 days'),
};
/** Due within this of each other is due together. */
const together = parseDuration('5 days');
/** What was held up, or was due earlier than its run knew because a part of it went back, is still worth a word so long (our choice). */
const overdue = parseDuration('15 days');

const dayMs = parseDuration('1 day');

/** Why a family that was in an order is not spoken of. */
export type LeftOut =
  'gift' | 'discreet' | 'returned' | 'bought-again' | 'not-arrived' | 'no-known-supply' | 'lasts-too-long';

/** A family that will run out. */
export interface RunningOut {
  readonly family: string;
  /** The variant to buy again: the one of which most was kept. */
  readonly variant: string;
  readonly order: string;
  readonly orderedAt: Instant;
  readonly arrivedAt: Instant;
  readonly endsAt: Instant;
  readonly from: Extract<Supply, { readonly days: number }>['from'];
}

/** What the run of an order has yet to do, or why there is nothing. */
export type Outlook =
  | { readonly next: { readonly message: SupplyMessage; readonly at: Instant } }
  | { readonly over: LeftOut | 'not-bought-again' | 'order-gone' };

/**
 * The next message that an order has to send.
 *
 * @param after what was due by then has had its turn
 */
export function outlookOf(pantry: Pantry, order: string, after: Instant): Outlook {
  const fates = fatesOf(pantry, order);
  const running = runningIn(fates);
  const [next] = running
    .flatMap((supply) => supplyMessages.map((message) => ({ message, supply, at: dueAt(supply, message) })))
    .filter(({ message, supply, at }) => at > after && !isTold(pantry.told, supply, message))
    .sort((a, b) => a.at - b.at || supplyMessages.indexOf(a.message) - supplyMessages.indexOf(b.message));
  if (next !== undefined) return { next: { message: next.message, at: next.at } };
  if (running.length > 0) return { over: 'not-bought-again' };
  return { over: sharedReason(reasonsIn(fates)) };
}

/** What says most about an order of which nothing is left to speak of. */
const tellingMost: readonly LeftOut[] = [
  'bought-again',
  'no-known-supply',
  'lasts-too-long',
  'not-arrived',
  'returned',
  'discreet',
  'gift',
];

function sharedReason(reasons: readonly LeftOut[]): LeftOut | 'order-gone' {
  return tellingMost.find((reason) => reasons.includes(reason)) ?? 'order-gone';
}

/**
 * What the message of an order's run speaks of when it leaves: everything of that customer's that is due about then, soonest
 * first. It is silent when nothing of its own order is among it: that was told, or is no longer wanted.
 */
export function dueTogether(
  pantry: Pantry,
  { order, message, now }: { readonly order: string; readonly message: SupplyMessage; readonly now: Instant },
): { readonly due: readonly RunningOut[] } | { readonly silent: string } {
  const own = fatesOf(pantry, order);
  const isDue = (supply: RunningOut) => {
    const due = dueAt(supply, message);
    return due <= now + together && due > now - overdue;
  };
  const isUntold = (supply: RunningOut) => !isTold(pantry.told, supply, message);
  if (!runningIn(own).some((supply) => isDue(supply) && isUntold(supply))) {
    if (runningIn(own).some((supply) => isDue(supply))) return { silent: 'told-already' };
    return { silent: runningIn(own).length > 0 ? 'not-due' : sharedReason(reasonsIn(own)) };
  }
  const due = ordersIn(pantry)
    .flatMap((each) => runningIn(fatesOf(pantry, each)))
    .filter((supply) => isDue(supply) && isUntold(supply))
    .sort((a, b) => a.endsAt - b.endsAt || (a.family < b.family ? -1 : 1));
  return { due };
}

/** A reminder that would come before half of the supply is used waits until then. */
export function dueAt({ arrivedAt, endsAt }: RunningOut, message: SupplyMessage): Instant {
  const half = arrivedAt + (endsAt - arrivedAt) / 2;
  return Math.max(endsAt - ahead, half) + later[message];
}

/** A message that left when this was due, or nearly, and was in the house already, has spoken of it. */
function isTold(told: readonly ToldOfSupplies[], supply: RunningOut, message: SupplyMessage): boolean {
  const from = Math.max(supply.arrivedAt, dueAt(supply, message) - together);
  return told.some((each) => each.message === message && each.at >= from);
}

type Fate = RunningOut | { readonly leftOut: LeftOut };

function runningIn(fates: readonly Fate[]): RunningOut[] {
  return fates.flatMap((fate) => ('endsAt' in fate ? [fate] : []));
}

function reasonsIn(fates: readonly Fate[]): LeftOut[] {
  return fates.flatMap((fate) => ('leftOut' in fate ? [fate.leftOut] : []));
}

/** What becomes of each family of an order. */
function fatesOf(pantry: Pantry, order: string): Fate[] {
  const goods = pantry.goods.filter((good) => good.order === order);
  const families = new Set(goods.map((good) => good.family));
  return [...families].map((family) =>
    fateOf(
      pantry,
      goods.filter((good) => good.family === family),
    ),
  );
}

function fateOf(pantry: Pantry, goods: readonly PantryGood[]): Fate {
  const own = goods.filter((good) => !good.gift);
  if (own.length === 0) return { leftOut: 'gift' };
  if (own.some((good) => good.discreet)) return { leftOut: 'discreet' };
  const kept = own.filter((good) => good.kept > 0);
  const [first] = kept;
  if (first === undefined) return { leftOut: 'returned' };
  const purchases = purchasesOf(pantry, first.family);
  if (purchases.some((other) => isLater(other, first))) return { leftOut: 'bought-again' };
  const arrived = kept.filter((good) => good.arrived > 0);
  const arrivedAt = newest(arrived.flatMap((good) => good.arrivedAt ?? []));
  if (arrivedAt === undefined) return { leftOut: 'not-arrived' };
  return supplied(pantry, arrived, { arrivedAt, purchases });
}

function supplied(
  pantry: Pantry,
  arrived: readonly PantryGood[],
  { arrivedAt, purchases }: { readonly arrivedAt: Instant; readonly purchases: readonly PantryGood[] },
): Fate {
  const [most] = [...arrived].sort((a, b) => b.arrived - a.arrived || (a.variant < b.variant ? -1 : 1));
  if (most === undefined) return { leftOut: 'not-arrived' };
  const { family, variant, order, orderedAt } = most;
  const statedDays = statedDaysOf(arrived);
  const rhythm = pantry.rhythms.get(family);
  const supply = supplyOf({
    purchases: purchases.map((good) => good.orderedAt),
    ...(statedDays === undefined ? {} : { statedDays }),
    ...(rhythm === undefined ? {} : { rhythm }),
  });
  if ('unknown' in supply) {
    return { leftOut: supply.unknown === 'lasts-too-long' ? 'lasts-too-long' : 'no-known-supply' };
  }
  // What the shop states begins when the goods are there. A rhythm is from order to order, however long they travelled;
  // but nobody uses up in a day what has just arrived.
  const lasts = supply.days * dayMs;
  const endsAt =
    supply.from === 'stated' ? arrivedAt + lasts : Math.max(orderedAt + lasts, arrivedAt + lasts / 2);
  return { family, variant, order, orderedAt, arrivedAt, endsAt, from: supply.from };
}

/** Of all that the shop states something about; `undefined` when it is about none. */
function statedDaysOf(goods: readonly PantryGood[]): number | undefined {
  const stated = goods.flatMap(({ unitDays, arrived }) =>
    unitDays === undefined ? [] : [unitDays * arrived],
  );
  return stated.length === 0 ? undefined : stated.reduce((sum, days) => sum + days, 0);
}

/** Gifts are used up by somebody else. */
function purchasesOf({ goods }: Pantry, family: string): PantryGood[] {
  return goods.filter((good) => good.family === family && !good.gift && good.kept > 0);
}

function isLater(one: PantryGood, other: PantryGood): boolean {
  if (one.order === other.order) return false;
  return one.orderedAt === other.orderedAt ? one.order > other.order : one.orderedAt > other.orderedAt;
}

function newest(instants: readonly Instant[]): Instant | undefined {
  return instants.length === 0 ? undefined : Math.max(...instants);
}

function ordersIn({ goods }: Pantry): string[] {
  return [...new Set(goods.map((good) => good.order))];
}
