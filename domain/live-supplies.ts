import type { Instant } from './instant.ts';
import type { Money } from './money.ts';
import type { SupplyMessage } from './supply-messages.ts';

/** Which message wants to know, and for which order's run. */
export interface SuppliesWanted {
  /** Our id of the order. */
  readonly order: string;
  readonly message: SupplyMessage;
  readonly now: Instant;
}

/** What the customer runs out of about now, soonest first, or why there is nothing to say (machine words). */
export type LiveSupplies = { readonly supplies: readonly LiveSupply[] } | { readonly silent: string };

/** One product to buy again. Age-restricted and sensitive ones and gifts are never among them. */
export interface LiveSupply {
  readonly variant: string;
  /** Absent when the shop has told us nothing of the product. */
  readonly title?: string;
  readonly image?: string;
  readonly url?: string;
  /** What it costs now. */
  readonly price?: Money;
  /** When the customer will have used it up. */
  readonly endsAt: Instant;
}
