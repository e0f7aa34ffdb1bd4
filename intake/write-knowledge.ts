import type { DatabaseTransaction } from '../store/database.ts';
import { insertCarts, updateCarts } from '../store/carts.ts';
import { appendConsents } from '../store/consents.ts';
import { writeContactPoints, writeCustomerDates, writeCustomers } from '../store/customers.ts';
import { moveEnrolmentsOfCarts } from '../store/enrolments.ts';
import { writeComplaints } from '../store/complaints.ts';
import { writeFeedback } from '../store/feedback.ts';
import { recordClicks } from '../store/record-clicks.ts';
import { writeOrderLines, writeOrders, type OrderRecord } from '../store/orders.ts';
import { insertRefunds } from '../store/refunds.ts';
import { writeReturns } from '../store/returns.ts';
import { writeReviews } from '../store/reviews.ts';
import { writeShipments } from '../store/shipments.ts';
import { markAddressesInvalid, writeSuppressions } from '../store/suppress.ts';
import { writeVariants } from '../store/variants.ts';
import type { CartMove, Knowledge } from './facts/knowledge.ts';

/**
 * Writes what the events have changed: one statement per table, none for tables that they did not touch, and all of them
 * sent in one turn (`goOnWhenSent`).
 */
export async function writeKnowledge(trx: DatabaseTransaction, knowledge: Knowledge): Promise<void> {
  const { shipments, returns, refunds } = knowledge.doorstep.changed();
  await Promise.all([
    writeCustomers(trx, knowledge.customers.changed()),
    writeContactPoints(trx, knowledge.contactPoints),
    writeCustomerDates(trx, knowledge.dates),
    appendConsents(trx, knowledge.consents),
    writeVariants(trx, knowledge.variants),
    updateCarts(trx, knowledge.carts.changed()),
    insertCarts(trx, knowledge.carts.added()),
    writeOrders(trx, pick(knowledge.orders, knowledge.changedOrders)),
    writeOrderLines(trx, pick(knowledge.orders, knowledge.changedLines)),
    writeShipments(trx, shipments),
    writeReturns(trx, returns),
    insertRefunds(trx, refunds),
    writeFeedback(trx, knowledge.feedback),
    writeReviews(trx, knowledge.reviews),
    writeComplaints(trx, knowledge.complaints),
    recordClicks(trx, knowledge.clicks),
    moveEnrolmentsOfCarts(trx, netMoves(knowledge.cartMoves)),
    // Last: they lean on what is written before them.
    writeSuppressions(trx, knowledge.suppressions),
    markAddressesInvalid(trx, bounced(knowledge)),
  ]);
}

function pick(orders: ReadonlyMap<string, OrderRecord>, changed: ReadonlySet<string>): OrderRecord[] {
  return [...changed].flatMap((orderId) => orders.get(orderId) ?? []);
}

function bounced({ suppressions }: Knowledge): string[] {
  // Who is not on WhatsApp still has a telephone: only that channel is suppressed.
  return suppressions.flatMap(({ reason, addressKey, channel }) =>
    reason === 'hard-bounce' && addressKey !== null && channel !== 'whatsapp' ? [addressKey] : [],
  );
}

/** From the first owner to the last: a cart may change hands more than once in a call. */
function netMoves(moves: readonly CartMove[]): CartMove[] {
  const net = new Map<string, CartMove>();
  for (const move of moves) net.set(move.cycle, { ...move, from: net.get(move.cycle)?.from ?? move.from });
  return [...net.values()].filter(({ from, to }) => from !== to);
}
