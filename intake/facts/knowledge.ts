import type { Instant } from '../../domain/instant.ts';
import type { ConsentWord } from '../../store/consents.ts';
import type { IdentityMap } from '../../store/customer-identities.ts';
import type { ContactPoint, CustomerDate, CustomerRecord } from '../../store/customers.ts';
import type { DeliveryOwner } from '../../store/find-deliveries.ts';
import type { OrderRecord, RefundedUnits } from '../../store/orders.ts';
import type { SuppressionWord } from '../../store/suppress.ts';
import type { VariantWord } from '../../store/variants.ts';
import type { Records } from '../records.ts';
import type { CartBook } from './cart-book.ts';

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
  readonly identities: IdentityMap;
  readonly customers: Records<CustomerRecord>;
  readonly carts: CartBook;
  /** By the shop's order id. */
  readonly orders: Map<string, OrderRecord>;
  readonly changedOrders: Set<string>;
  readonly deliveries: ReadonlyMap<string, DeliveryOwner>;
  readonly contactPoints: ContactPoint[];
  readonly dates: CustomerDate[];
  readonly consents: ConsentWord[];
  readonly suppressions: SuppressionWord[];
  readonly variants: VariantWord[];
  readonly refunds: RefundedUnits[];
  /** What was refunded of orders before they were told: their lines take it once they are known. */
  readonly earlyRefunds: readonly RefundedUnits[];
  readonly cartMoves: CartMove[];
}
