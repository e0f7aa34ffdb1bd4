import type { Row } from './read-rows.ts';

/** What is taken in or rejected as a whole: a row, or all rows of an order. */
export type ImportUnit =
  | { readonly rows: readonly Row[]; readonly events: readonly ImportedEvent[] }
  | { readonly rows: readonly Row[]; readonly goodsBack: GoodsBack }
  | RejectedUnit
  /** Left out on purpose, such as a postage line. */
  | { readonly rows: readonly Row[]; readonly leftOut: true };

export interface RejectedUnit {
  readonly rows: readonly Row[];
  /** The end of the sentence "This row …". */
  readonly problem: string;
  /** The place of the row that has the problem, where the others are only of the same order. */
  readonly culprit?: string;
}

export interface ImportedEvent {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** A line of a cancellation or a return. Which order it was bought in is looked up when it is taken in. */
export interface GoodsBack {
  /** The same for the same line of the same file, so that it is taken in once. */
  readonly id: string;
  /** The shop's id of the customer. */
  readonly customer: string;
  readonly variant: string;
  readonly quantity: number;
  /** Of one unit. */
  readonly price: { readonly amount: number; readonly currency: string };
  readonly at: string;
}
