import type { Instant } from './instant.ts';

/**
 * What a story and a routing rule see of an event: the fact as it stands after the event.
 *
 * Facts travel in workflow histories, so they hold opaque ids only: never a name, an address, a shop's own customer,
 * cart or order number.
 */
export interface Facts {
  readonly cart: {
    /** The cart cycle: a cart from its first item to its order, emptying or 30 idle days. */
    readonly cycle: string;
    /** When the customer last touched it. */
    readonly at: Instant;
    readonly items: readonly { readonly variant: string; readonly quantity: number }[];
    /** Set once a checkout of this cycle was started: intent only rises. */
    readonly checkoutAt?: Instant;
  };
  readonly order: {
    readonly order: string;
    readonly customer: string;
    /** When the event happened: for `order.paid` the payment. */
    readonly at: Instant;
    /** The day of `at` where the customer lives, `YYYY-MM-DD`; where the shop is when their place is unknown. */
    readonly day: string;
    /** 1 for the customer's first order, 2 for the next; cancelled orders do not count. As known when the event is told. */
    readonly number: number;
    /** Empty while the order itself has not been told. */
    readonly lines: readonly OrderLineFact[];
    /** The cart cycle that it came from. */
    readonly cycle?: string;
    readonly market?: string;
    /** The holiday season in which it was placed, if any. */
    readonly season?: string;
    /** Set once nothing of it is left: it was cancelled, or all of its lines or all of its value were refunded. */
    readonly over?: 'cancelled' | 'refunded';
  };
  /** Of `shipment.*`, and of `order.shipped` and `order.delivered`, which are derived once per parcel. */
  readonly parcel: {
    readonly shipment: string;
    readonly order: string;
    readonly customer: string;
    readonly at: Instant;
    /** What is in this parcel; empty while neither the parcel's lines nor the order's are known. */
    readonly lines: readonly OrderLineFact[];
    /** Everything of the order that was not refunded or returned has been delivered, with this parcel or before. */
    readonly deliveredAll: boolean;
  };
  readonly return: {
    readonly return: string;
    readonly order: string;
    readonly customer: string;
    readonly at: Instant;
    readonly lines: readonly OrderLineFact[];
  };
  readonly feedback: {
    readonly order: string;
    readonly customer: string;
    /** 1 to 5, 5 is best. */
    readonly score: number;
    readonly at: Instant;
  };
  readonly review: {
    /** Missing when the review names no order and none fits it. */
    readonly order?: string;
    readonly customer: string;
    readonly variant?: string;
    readonly line?: number;
    /** 1 to 5, 5 is best. */
    readonly stars: number;
    readonly at: Instant;
  };
  /** Of complaints, and of tickets that were closed. */
  readonly complaint: { readonly complaint: string; readonly customer: string; readonly at: Instant };
  readonly customer: { readonly customer: string; readonly at: Instant };
  /** Something that happened to a message of ours; found by its delivery, so it reaches exactly the run that sent it. */
  readonly message: { readonly delivery: string; readonly enrolment: string; readonly at: Instant };
  readonly product: { readonly variant: string; readonly at: Instant };
  /** A date of the customer's has come: a birthday, points that expire. */
  readonly date: {
    readonly customer: string;
    readonly date: string;
    readonly year: number;
    readonly at: Instant;
  };
  /** A daily question has found this customer. */
  readonly daily: { readonly customer: string; readonly day: string; readonly at: Instant };
}

/** Units of one line of an order. Facts carry the first 100 lines; readers of the store see all. */
export interface OrderLineFact {
  /** The line's place in the order, from 1. */
  readonly line: number;
  readonly variant: string;
  readonly quantity: number;
  readonly gift: boolean;
}

export type FactKind = keyof Facts;
export type Fact = Facts[FactKind];
