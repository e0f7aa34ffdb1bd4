import type { ChannelName } from './channel-name.ts';
import type { Duration } from './duration.ts';
import type { Instant } from './instant.ts';
import type { Money } from './money.ts';

/**
 * Who is meant: a question about customers as plain data. The store turns it into one statement, and into words.
 *
 * Every segment leaves out erased and merged customers. Conditions of one segment must all hold.
 */
export interface SegmentTerms {
  /** Agreed to marketing on this channel, or on any of these. */
  readonly consent?: ChannelName | readonly ChannelName[];
  /** ISO 3166-1 codes of the country: `'KR'`, or any of several. */
  readonly country?: string | readonly string[];
  /** The language that the customer reads, such as `'ko'`, or any of several. Only customers whose language is known. */
  readonly language?: string | readonly string[];
  /** Ordered, in the last so many days, at or after an instant, or ever. Placed counts, cancelled does not. */
  readonly bought?: When;
  readonly notBought?: When;
  /** At least so many paid orders that were not cancelled or wholly refunded. */
  readonly orders?: { readonly atLeast: number; readonly within?: Duration };
  /** Paid at least so much in one currency, net of refunds; other currencies are not counted. */
  readonly spent?: { readonly atLeast: Money; readonly within?: Duration };
  /** Bought something of this category, gifts to others left out. */
  readonly boughtCategory?: { readonly category: string; readonly within?: Duration };
  /** `true` for business customers only. Default `false`: consumers only. */
  readonly business?: boolean;
}

export type When = 'ever' | { readonly within: Duration } | { readonly since: Instant | string };

export type Segment =
  | { readonly kind: 'terms'; readonly terms: SegmentTerms }
  | { readonly kind: 'all'; readonly of: readonly Segment[] }
  | { readonly kind: 'any'; readonly of: readonly Segment[] }
  | { readonly kind: 'not'; readonly of: Segment };

/**
 * Customers to whom all of the terms apply.
 *
 * @example
 * const readers = segment({ consent: 'email', language: 'en' });
 * const vips = allOf(readers, anyOf(segment({ orders: { atLeast: 5 } }), segment({ spent: { atLeast: { amount: 50_000, currency: 'GBP' } } })));
 */
export function segment(terms: SegmentTerms): Segment {
  return { kind: 'terms', terms };
}

/** Customers who are in every one of these. */
export function allOf(...segments: readonly [Segment, ...Segment[]]): Segment {
  return { kind: 'all', of: segments };
}

/** Customers who are in at least one of these. */
export function anyOf(...segments: readonly [Segment, ...Segment[]]): Segment {
  return { kind: 'any', of: segments };
}

/** Customers who are not in this one. Use it with `allOf`: alone it is nearly everybody. */
export function except(left: Segment): Segment {
  return { kind: 'not', of: left };
}
