import { parseDuration } from '../domain/duration.ts';
import type { Instant } from '../domain/instant.ts';
import { medianOf } from './median.ts';

/** How long customers take between two purchases of a family of products. */
export interface Rhythm {
  /** The median over its buyers, each of whom counts once. */
  readonly days: number;
  /** Customers who have bought it at least twice. */
  readonly buyers: number;
}

export interface SupplyFacts {
  /** Days that what was bought lasts, as the shop states it: days per unit, times units. */
  readonly statedDays?: number;
  /** When this customer ordered it, in any order. */
  readonly purchases: readonly Instant[];
  readonly rhythm?: Rhythm;
}

export type Supply =
  | { readonly days: number; readonly from: 'stated' | 'own-rhythm' | 'rhythm-of-others' }
  | { readonly unknown: 'too-few-purchases' | 'lasts-too-long' };

/** From the journeys reference, J12. */
const fewestPurchases = 3;
const fewestBuyers = 30;
/** What lasts longer than a year is not a supply: the customer has other plans by then (our choice). */
const longestSupplyDays = 365;

const dayMs = parseDuration('1 day');

/**
 * How long what was bought will last: what the shop states; else this customer's own rhythm, from at least three
 * purchases; else the rhythm of at least thirty others; else nobody knows, and says why.
 */
export function supplyOf({ statedDays, purchases, rhythm }: SupplyFacts): Supply {
  if (statedDays !== undefined) return withinReason({ days: statedDays, from: 'stated' });
  const times = asOccasions(purchases);
  const own = times.length >= fewestPurchases ? medianOf(gapsBetween(times)) : undefined;
  if (own !== undefined) return withinReason({ days: own, from: 'own-rhythm' });
  if (rhythm === undefined || rhythm.buyers < fewestBuyers) return { unknown: 'too-few-purchases' };
  return withinReason({ days: rhythm.days, from: 'rhythm-of-others' });
}

function withinReason(supply: Extract<Supply, { readonly days: number }>): Supply {
  return supply.days > longestSupplyDays ? { unknown: 'lasts-too-long' } : supply;
}

/** Orders within a day are one purchase: one order in ten follows another so soon [M], and nothing ran out in between. */
function asOccasions(purchases: readonly Instant[]): Instant[] {
  const occasions: Instant[] = [];
  for (const at of [...purchases].sort((a, b) => a - b)) {
    const last = occasions.at(-1);
    if (last === undefined || at - last >= dayMs) occasions.push(at);
  }
  return occasions;
}

function gapsBetween(instants: readonly Instant[]): number[] {
  return instants.slice(1).map((at, before) => (at - (instants[before] ?? at)) / dayMs);
}
