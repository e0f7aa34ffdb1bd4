import type { Prices } from './shop-config.ts';

/** An estimate: providers bill what carriers report. */
export interface CostEstimate {
  /** Millionths of the currency's main unit, since a segment costs a fraction of a cent. */
  readonly micros: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** What a text message of so many segments will cost; `undefined` when the shop has given no price for the country. */
export function estimateSmsCost(
  prices: Prices | undefined,
  country: string | null,
  segments: number,
): CostEstimate | undefined {
  const price = (country === null ? undefined : prices?.smsSegment[country]) ?? prices?.smsSegmentElsewhere;
  if (prices === undefined || price === undefined) return undefined;
  return { micros: Math.round(price * segments * 1_000_000), currency: prices.currency };
}

/** `0.0249 USD`. */
export function costWords({ micros, currency }: CostEstimate): string {
  return `${Number((micros / 1_000_000).toFixed(4))} ${currency}`;
}
