import type { Instant } from './instant.ts';
import type { ProductKind } from './product-kind.ts';
import type { SupplyMessage } from './supply-messages.ts';

/**
 * What a story may ask when it wakes. Each is a read-only look at the database, typed in and out, answered as of an instant.
 * Answers end up in histories: no personal data.
 */
export interface Questions {
  'cart.last-activity': { input: { cart: string }; answer: Instant };
  'cart.status': { input: { cart: string }; answer: CartStatus };
  /** Kinds of the products of an order that were kept and are no gifts; each once. */
  'order.kinds': { input: { order: string }; answer: readonly ProductKind[] };
  /** What an order has yet to remind of after an instant, or why there is nothing (machine words). */
  'order.supplies': { input: { order: string; after: Instant }; answer: SupplyOutlook };
  /** When a season's recap and offer are due where the customer lives, and when the season is over there. */
  'season.instants': { input: { season: string }; answer: SeasonInstants };
  'customer.orders': { input: { since: Instant }; answer: { count: number; lastAt?: Instant } };
}

export interface SeasonInstants {
  readonly overAt: Instant;
  readonly recapAt: Instant;
  readonly offerAt: Instant;
}

export interface SupplyOutlook {
  readonly next?: { readonly message: SupplyMessage; readonly at: Instant };
  /** Absent while there is a next message. */
  readonly over?: string;
}

export interface CartStatus {
  readonly state: 'open' | 'ordered' | 'emptied' | 'expired';
  readonly items: number;
  readonly checkoutStarted: boolean;
  readonly superseded: boolean;
}

export type QuestionName = keyof Questions;

/** A question with its input, made by a named function so that a story reads like a sentence. */
export interface Question<Name extends QuestionName = QuestionName> {
  readonly name: Name;
  readonly input: Questions[Name]['input'];
}

export function question<Name extends QuestionName>(
  name: Name,
  input: Questions[Name]['input'],
): Question<Name> {
  return { name, input };
}
