import type { DatabaseTransaction } from '../store/database.ts';
import { writeCarts } from '../store/carts.ts';
import { appendConsents } from '../store/consents.ts';
import { writeContactPoints, writeCustomerDates, writeCustomers } from '../store/customers.ts';
import { moveEnrolmentsOfCarts } from '../store/enrolments.ts';
import { refundOrderLines, writeOrders } from '../store/orders.ts';
import { markAddressesInvalid, writeSuppressions } from '../store/suppress.ts';
import { writeVariants } from '../store/variants.ts';
import type { CartMove, Knowledge } from './facts/knowledge.ts';

/** Writes what the events have changed: one statement per table, and none for tables that they did not touch. */
export async function writeKnowledge(trx: DatabaseTransaction, knowledge: Knowledge): Promise<void> {
  await writeCustomers(trx, knowledge.customers.changed());
  await writeContactPoints(trx, knowledge.contactPoints);
  await writeCustomerDates(trx, knowledge.dates);
  await appendConsents(trx, knowledge.consents);
  await writeSuppressions(trx, knowledge.suppressions);
  await markAddressesInvalid(trx, bounced(knowledge));
  await writeVariants(trx, knowledge.variants);
  await writeCarts(trx, knowledge.carts.changed());
  await writeOrders(
    trx,
    [...knowledge.orders.values()].filter((order) => knowledge.changedOrders.has(order.orderId)),
  );
  await refundOrderLines(trx, knowledge.refunds);
  await moveEnrolmentsOfCarts(trx, netMoves(knowledge.cartMoves));
}

function bounced({ suppressions }: Knowledge): string[] {
  return suppressions.flatMap(({ reason, addressKey }) =>
    reason === 'hard-bounce' && addressKey !== null ? [addressKey] : [],
  );
}

/** From the first owner to the last: a cart may change hands more than once in a call. */
function netMoves(moves: readonly CartMove[]): CartMove[] {
  const net = new Map<string, CartMove>();
  for (const move of moves) net.set(move.cycle, { ...move, from: net.get(move.cycle)?.from ?? move.from });
  return [...net.values()].filter(({ from, to }) => from !== to);
}
