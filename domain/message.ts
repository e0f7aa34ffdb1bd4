import type * as z from 'zod';
import type { ChannelName } from './channel-name.ts';
import type { Duration } from './duration.ts';
import type { Instant } from './instant.ts';
import type { LiveSeason, SeasonWanted, SharedProduct } from './live-season.ts';
import type { LiveSupplies, SuppliesWanted } from './live-supplies.ts';
import type { Money } from './money.ts';

/** Why we write: only marketing needs consent and bows to quiet hours and caps. */
export type Purpose = 'marketing' | 'transactional' | 'legal';

/**
 * What to do when the outcome of a request stays unknown (providers reference 4.2): `once` lets it be, `must` sends again
 * (at most once more), `keyed` asks again under the same key while its provider remembers keys, and is as `once` after that
 * or with a provider that does not.
 */
export type DeliveryClass = 'once' | 'must' | 'keyed';

/** At most `limit` messages by `channel` in `per`, shared by all messages that name the same allowance. */
export interface Allowance {
  readonly name: string;
  readonly channel: ChannelName;
  readonly limit: number;
  readonly per: Duration;
}

/** What a loader finds out: the data of the message, or that there is nothing left to say and why (machine words). */
export type Loaded<Data> = { readonly data: Data } | { readonly nothingToSay: string };

/** What a loader may read, as of now. Implemented by the store. */
export interface MessageReader {
  /**
   * The cart of a cycle with live prices and stock; `undefined` when there is no such cycle.
   *
   * @param language in which titles are wanted, such as `ko`; without it, or where there is none, the shop's own title.
   */
  cart(cycle: string, language?: string): Promise<LiveCart | undefined>;
  /**
   * An order with its goods as they are now; `undefined` when there is none. Orders that several messages ask for at the
   * same time are read together.
   *
   * @param language as for `cart`
   */
  order(order: string, language?: string): Promise<LiveGoods | undefined>;
  /** What the customer of an order will have used up about now, also of other orders. */
  supplies(wanted: SuppliesWanted, language?: string): Promise<LiveSupplies>;
  /** A season as the customer of an order had it; `undefined` when there is no such order or season. */
  season(wanted: SeasonWanted, language?: string): Promise<LiveSeason | undefined>;
}

/** An order as a message speaks of it. */
export interface LiveGoods {
  readonly state: 'placed' | 'payment-expired' | 'paid' | 'cancelled' | 'refunded';
  /** In the order's own order. */
  readonly lines: readonly LiveGood[];
}

export interface LiveGood {
  /** The line's place in the order, from 1. */
  readonly line: number;
  readonly variant: string;
  /** In the customer's language where the shop gave one; absent when the shop has told us nothing of the product. */
  readonly title?: string;
  readonly category?: string;
  readonly image?: string;
  readonly url?: string;
  /** Age-restricted or sensitive: never in a subject, a preheader, a text message or a recommendation. */
  readonly discreet: boolean;
  readonly gift: boolean;
  /** Units: bought, and what became of them. A unit may be refunded and returned as well. */
  readonly quantity: number;
  readonly refunded: number;
  readonly shipped: number;
  readonly delivered: number;
  readonly returned: number;
  /** Of one unit, as it was paid. */
  readonly price: Money;
}

export interface LiveCart {
  readonly state: 'open' | 'ordered' | 'emptied' | 'expired';
  readonly url?: string;
  readonly lines: readonly LiveLine[];
}

export interface LiveLine {
  readonly variant: string;
  /** Title in the customer's language where the shop gave one. */
  readonly title: string;
  readonly quantity: number;
  /** What it costs now. */
  readonly price: Money;
  /** What it cost when the customer put it into the cart. */
  readonly seenPrice: Money;
  /** False when it is sold out or no longer sold. */
  readonly available: boolean;
  readonly image?: string;
  readonly url?: string;
}

export interface LoadContext {
  readonly read: MessageReader;
  readonly now: Instant;
  /** The language the message will be written in, such as `ko`. */
  readonly language: string;
  readonly links: MessageLinks;
}

/** Signed links to pages of ours that a message may lead to. */
export interface MessageLinks {
  /** Where goods of an order are rated. With `?stars=4` after it, four stars are chosen already. */
  readonly rating: (goods: RatedGoods) => string;
  /** A public page about a product in a season, which the customer may pass on: nothing in it leads back to them. */
  readonly share: (product: SharedProduct) => string;
}

/** One line of an order, or all of it. */
export interface RatedGoods {
  /** Our id of it. */
  readonly order: string;
  /** The line's place in the order, from 1; absent for the whole order. */
  readonly line?: number;
}

/** Everything about a message but its words. The words lie beside it, one folder per locale. */
export interface MessageDefinition<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Data extends z.ZodType = z.ZodType,
> {
  readonly name: Name;
  readonly purpose: Purpose;
  readonly class: DeliveryClass;
  /** Channels in order; the first by which the customer can and may be reached is used, one per step. */
  readonly channels: readonly ChannelName[];
  /** How long after its step became due it is still worth reading. */
  readonly usefulFor: Duration;
  readonly topic?: string;
  readonly allowance?: Allowance;
  /** Most SMS segments a worst case may take. Default 3. */
  readonly segmentBudget?: number;
  /** What the story passes: ids only, it stays in the history. Pinned for the life of a run. */
  readonly input: Input;
  /** What the templates may name. */
  readonly data: Data;
  /** Fresh data at send time: prices, stock and lines are those of now. */
  readonly load: (input: z.infer<Input>, context: LoadContext) => Promise<Loaded<z.infer<Data>>>;
  /** By which previews, docs and tests show the message. */
  readonly sample: z.infer<Data>;
}

/** Defines a message; infers what its input and data are. */
export function defineMessage<const Name extends string, Input extends z.ZodType, Data extends z.ZodType>(
  definition: MessageDefinition<Name, Input, Data>,
): MessageDefinition<Name, Input, Data> {
  return definition;
}
