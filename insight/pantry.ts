import type { Instant } from '../domain/instant.ts';
import type { SupplyMessage } from '../domain/supply-messages.ts';
import type { Rhythm } from './supply.ts';

/** What a customer has bought and was told about it: all that is needed to reckon what runs out when. */
export interface Pantry {
  /** Of all orders that stand; those that were cancelled or refunded as a whole are not in it. */
  readonly goods: readonly PantryGood[];
  /** By family, where others have a rhythm. */
  readonly rhythms: ReadonlyMap<string, Rhythm>;
  /** Messages about supplies that have left, or may have. */
  readonly told: readonly ToldOfSupplies[];
}

/** One line of an order. */
export interface PantryGood {
  readonly order: string;
  readonly orderedAt: Instant;
  readonly variant: string;
  /** What is bought in place of each other. */
  readonly family: string;
  readonly gift: boolean;
  /** Age-restricted or sensitive. */
  readonly discreet: boolean;
  /** Days that one unit lasts, as the shop says. */
  readonly unitDays?: number;
  /** Units that were bought and have neither come back nor been refunded. */
  readonly kept: number;
  /** Of those, units that have arrived. */
  readonly arrived: number;
  /** When the last of them arrived. */
  readonly arrivedAt?: Instant;
}

export interface ToldOfSupplies {
  readonly message: SupplyMessage;
  readonly at: Instant;
}
