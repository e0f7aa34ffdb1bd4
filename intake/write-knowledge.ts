import type { DatabaseTransaction } from '../store/database.ts';
import { insertCarts, updateCarts } from '../store/carts.ts';
import { appendConsents } from '../store/consents.ts';
import { writeContactPoints, writeCustomerDates, writeCustomers } from '../store/customers.ts';
import { moveEnrolmentsOfCarts } from '../store/enrolments.ts';
import { refundOrderLines, writeOrders, type OrderRecord } from '../store/orders.ts';
import { markAddressesInvalid, writeSuppressions } from '../store/suppress.ts';
import { writeVariants } from '../store/variants.ts';
import type { CartMove, Knowledge } from './facts/knowledge.ts';

/**
 * Writes what the events have changed: one statement per table, none for tables that they did not touch, and all of them
 * sent together.
 */
export async function writeKnowledge(trx: DatabaseTransaction, knowledge: Knowledge): Promise<void> {
  await Promise.all([
    writeCustomers(trx, knowledge.customers.changed()),
    writeContactPoints(trx, knowledge.contactPoints),
    writeCustomerDates(trx, knowledge.dates),
    appendConsents(trx, knowledge.consents),
    writeVariants(trx, knowledge.variants),
    updateCarts(trx, knowledge.carts.changed()),
    insertCarts(trx, knowledge.carts.added()),
    writeOrders(trx, changedOrders(knowledge)),
    moveEnrolmentsOfCarts(trx, netMoves(knowledge.cartMoves)),
  ]);
  // Rare, and they lean on what has just been written.
  await refundOrderLines(trx, knowledge.refunds);
  await writeSuppressions(trx, knowledge.suppressions);
  await markAddressesInvalid(trx, bounced(knowledge));
}

function changedOrders({ orders, changedOrders: changed }: Knowledge): OrderRecord[] {
  return [...orders.values()].filter((order) => changed.has(order.orderId));
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
