import type { Instant } from './instant.ts';
import type { ProductKind } from './product-kind.ts';

/**
 * What a story may ask when it wakes. Each is a read-only look at the database, typed in and out, answered as of an instant.
 * Answers end up in histories: no personal data.
 */
export interface Questions {
  'cart.last-activity': { input: { cart: string }; answer: Instant };
  'cart.status': { input: { cart: string }; answer: CartStatus };
  /** Kinds of the products of an order that were kept and are no gifts; each once. */
  'order.kinds': { input: { order: string }; answer: readonly ProductKind[] };
  'customer.orders': { input: { since: Instant }; answer: { count: number; lastAt?: Instant } };
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
