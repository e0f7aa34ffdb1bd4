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
  readonly order: { readonly order: string; readonly at: Instant; readonly cycle?: string };
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

export type FactKind = keyof Facts;
export type Fact = Facts[FactKind];
