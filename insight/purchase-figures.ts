import type { Instant } from '../domain/instant.ts';
import { localDay } from '../domain/local-day.ts';
import type { Money } from '../domain/money.ts';
import { medianOf } from './median.ts';

/** One order of a customer that counts: paid, and with something left of it. */
export interface Purchase {
  readonly at: Instant;
  /** Net of refunds; undefined when the shop has not told the total. */
  readonly net?: Money | undefined;
}

/** How customers buy. Every figure is about the customers and orders of one period; currencies are never summed. */
export interface PurchaseFigures {
  /** Customers with at least one order in the period. */
  readonly customers: number;
  /** Of them, those with at least two. */
  readonly repeatCustomers: number;
  /** `repeatCustomers / customers`, 0 to 1; null without customers. */
  readonly repeatPurchaseRate: number | null;
  readonly orders: number;
  /** Orders per customer; null without customers. */
  readonly purchaseFrequency: number | null;
  /** Net value of the orders in a currency, divided by their number. */
  readonly averageOrderValue: readonly AverageOrderValue[];
  readonly lifetimeValue: readonly LifetimeValue[];
  readonly gaps: Gaps;
  /** The part of the orders that came at most 24 hours after another of the customer, 0 to 1; null without orders. */
  readonly followedWithinADay: number | null;
}

export interface AverageOrderValue {
  readonly currency: string;
  readonly orders: number;
  /** In minor units. */
  readonly average: number;
}

/**
 * The mean net value that a customer brought in the first months after the first order, the first order included.
 *
 * Cohort of a currency: customers whose first order of all was in that currency and in the period, and whose months are
 * over, so that nobody counts with a part of them. It counts what they spent in that currency.
 */
export interface LifetimeValue {
  readonly currency: string;
  readonly months: LifetimeMonths;
  /** How many customers are in the cohort. */
  readonly customers: number;
  /** In minor units. */
  readonly average: number;
}

export type LifetimeMonths = (typeof lifetimes)[number];
const lifetimes = [12, 24] as const;

/**
 * Between a day with orders in the period and the day with orders before it of the same customer, in calendar days of the
 * shop. Several orders of one day are one visit: counted apart, they would make the rhythm of a customer look faster.
 */
export interface Gaps {
  readonly count: number;
  readonly medianDays: number | null;
  /** Of those between a customer's first and second day with orders. */
  readonly firstToSecondCount: number;
  readonly firstToSecondMedianDays: number | null;
}

export interface PurchasePeriod {
  /** Orders before it are history: they make no figure, but they are what later ones are repeats of. */
  readonly from?: Instant;
  /** Orders from it on do not exist yet. */
  readonly until: Instant;
  /** An IANA zone: whose days count. Default UTC. */
  readonly timeZone?: string;
}

export interface PurchaseTally {
  /** All orders of one customer, oldest first. */
  add(history: readonly Purchase[]): void;
  figures(): PurchaseFigures;
}

const day = 86_400_000;

/** Adds up customers one by one, so that a shop of any size passes through; only the gaps are kept, one number each. */
export function createPurchaseTally({
  from = -Infinity,
  until,
  timeZone = 'UTC',
}: PurchasePeriod): PurchaseTally {
  let customers = 0;
  let repeatCustomers = 0;
  let orders = 0;
  const values = createMeans<string>();
  const lifetimeValues = createMeans<string>();
  const gaps: number[] = [];
  const firstGaps: number[] = [];
  let soon = 0;

  function countOrders(inPeriod: readonly Purchase[]): void {
    if (inPeriod.length === 0) return;
    customers += 1;
    if (inPeriod.length > 1) repeatCustomers += 1;
    orders += inPeriod.length;
    for (const { net } of inPeriod) if (net !== undefined) values.add(net.currency, net.amount);
  }

  function measureGaps(history: readonly Purchase[]): void {
    const days = firstOfEachDay(history, timeZone);
    for (const [place, [date, at]] of days.entries()) {
      const [before] = days[place - 1] ?? [];
      if (before === undefined || at < from) continue;
      const gap = (Date.parse(date) - Date.parse(before)) / day;
      gaps.push(gap);
      if (place === 1) firstGaps.push(gap);
    }
  }

  function countSoon(history: readonly Purchase[]): void {
    for (const [place, { at }] of history.entries()) {
      const before = history[place - 1];
      if (before !== undefined && at >= from && at - before.at <= day) soon += 1;
    }
  }

  function valueLifetime(history: readonly Purchase[]): void {
    const [first] = history;
    if (first?.net === undefined || first.at < from) return;
    const { currency } = first.net;
    for (const months of lifetimes) {
      const end = monthsAfter(first.at, months);
      if (end > until) continue;
      const spent = history.filter(({ at, net }) => at < end && net?.currency === currency);
      lifetimeValues.add(
        `${currency} ${months}`,
        spent.reduce((sum, { net }) => sum + (net?.amount ?? 0), 0),
      );
    }
  }

  return {
    add(all) {
      const history = all.filter(({ at }) => at < until);
      countOrders(history.filter(({ at }) => at >= from));
      measureGaps(history);
      countSoon(history);
      valueLifetime(history);
    },
    figures: () => ({
      customers,
      repeatCustomers,
      repeatPurchaseRate: customers === 0 ? null : repeatCustomers / customers,
      orders,
      purchaseFrequency: customers === 0 ? null : orders / customers,
      averageOrderValue: values
        .all()
        .map(([currency, { count, mean }]) => ({ currency, orders: count, average: mean })),
      lifetimeValue: lifetimes.flatMap((months) =>
        values.all().flatMap(([currency]) => {
          const cohort = lifetimeValues.of(`${currency} ${months}`);
          return cohort === undefined
            ? []
            : [{ currency, months, customers: cohort.count, average: cohort.mean }];
        }),
      ),
      gaps: {
        count: gaps.length,
        medianDays: medianOf(gaps) ?? null,
        firstToSecondCount: firstGaps.length,
        firstToSecondMedianDays: medianOf(firstGaps) ?? null,
      },
      followedWithinADay: orders === 0 ? null : soon / orders,
    }),
  };
}

/** The days with orders, oldest first, each with its first order's instant. */
function firstOfEachDay(history: readonly Purchase[], timeZone: string): [string, Instant][] {
  const days = new Map<string, Instant>();
  for (const { at } of history) {
    const date = localDay(at, timeZone);
    if (!days.has(date)) days.set(date, at);
  }
  return [...days];
}

/** The same day and time so many calendar months later, in UTC; the last day of a month that is shorter. */
export function monthsAfter(at: Instant, months: number): Instant {
  const date = new Date(at);
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return date.getTime();
}

/** Means of whole minor units, by key in alphabetical order. */
function createMeans<Key extends string>() {
  const sums = new Map<Key, { sum: number; count: number }>();
  const meanOf = ({ sum, count }: { sum: number; count: number }) => ({
    count,
    mean: Math.round(sum / count),
  });
  return {
    add(key: Key, amount: number): void {
      const { sum, count } = sums.get(key) ?? { sum: 0, count: 0 };
      sums.set(key, { sum: sum + amount, count: count + 1 });
    },
    of(key: Key) {
      const found = sums.get(key);
      return found === undefined ? undefined : meanOf(found);
    },
    all: () =>
      [...sums]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([key, found]) => [key, meanOf(found)] as const),
  };
}
