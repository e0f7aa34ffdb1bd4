import type * as z from 'zod';
import type { FactKind } from '../facts.ts';

/** One entry of the event catalogue. */
export interface EventDefinition<Data extends z.ZodType = z.ZodType, Kind extends FactKind = FactKind> {
  /** What the event carries besides the envelope; unknown fields are refused by name. */
  readonly data: Data;
  /** What a journey sees of it, and how it finds the enrolments it ends or wakes: see `routing` in `domain/facts.ts`. */
  readonly fact: Kind;
  /** Must the envelope say whose event it is? */
  readonly about: 'customer' | 'shop';
  /** For events that intake derives itself and the shop cannot send: the name of the one to send, from which it follows. */
  readonly derived?: string;
  /** A valid `data`, used by docs, `perennial track --example` and tests. */
  readonly example: z.infer<Data>;
}

export function defineEvent<Data extends z.ZodType, const Kind extends FactKind>(
  definition: EventDefinition<Data, Kind>,
): EventDefinition<Data, Kind> {
  return definition;
}
