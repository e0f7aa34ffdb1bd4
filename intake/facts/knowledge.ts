import type { Instant } from '../../domain/instant.ts';
import type { ConsentWord } from '../../store/consents.ts';
import type { IdentityMap } from '../../store/customer-identities.ts';
import type { ContactPoint, CustomerDate, CustomerRecord } from '../../store/customers.ts';
import type { DeliveryOwner } from '../../store/find-deliveries.ts';
import type { Click } from '../../store/record-clicks.ts';
import type { ComplaintWord } from '../../store/complaints.ts';
import type { FeedbackWord } from '../../store/feedback.ts';
import type { OrderRecord } from '../../store/orders.ts';
import type { ReviewWord } from '../../store/reviews.ts';
import type { SuppressionWord } from '../../store/suppress.ts';
import type { VariantWord } from '../../store/variants.ts';
import type { Records } from '../records.ts';
import type { CartBook } from './cart-book.ts';
import type { Doorstep } from './doorstep.ts';
import type { OrderHistory } from './order-history.ts';

/** Where the shop is. */
export interface Home {
  /** An IANA zone. */
  readonly timeZone: string;
  /** ISO 3166-1 alpha-2: its holidays count for customers whose country is unknown. */
  readonly country?: string;
}

/** A cart that changed hands. */
export interface CartMove {
  readonly cycle: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What is known about everything that the events of a transaction touch: read after the customers are locked, changed in
 * memory event by event, written once at the end.
 */
export interface Knowledge {
  readonly now: Instant;
  readonly home: Home;
  readonly identities: IdentityMap;
  readonly customers: Records<CustomerRecord>;
  readonly carts: CartBook;
  /** By the shop's order id. */
  readonly orders: Map<string, OrderRecord>;
  readonly changedOrders: Set<string>;
  /** Orders of which lines were placed or counted anew. */
  readonly changedLines: Set<string>;
  readonly history: OrderHistory;
  readonly doorstep: Doorstep;
  /** By the id of a review event that names no order, the order it is about. */
  readonly reviewedOrders: ReadonlyMap<string, string>;
  /** Ours by the shop's. */
  readonly complaintIds: Map<string, string>;
  readonly deliveries: ReadonlyMap<string, DeliveryOwner>;
  readonly contactPoints: ContactPoint[];
  readonly dates: CustomerDate[];
  readonly consents: ConsentWord[];
  readonly suppressions: SuppressionWord[];
  readonly variants: VariantWord[];
  readonly feedback: FeedbackWord[];
  readonly reviews: ReviewWord[];
  readonly complaints: ComplaintWord[];
  readonly clicks: Click[];
  readonly cartMoves: CartMove[];
}
