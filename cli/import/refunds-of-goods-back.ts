import type { Database } from '../../store/database.ts';
import { findEvents } from '../../store/events.ts';
import { findRefundableLines, type RefundableLine } from '../../store/refundable-lines.ts';
import type { GoodsBack, ImportedEvent } from './import-unit.ts';

export type Refunds =
  | { readonly events: readonly ImportedEvent[] }
  /** It was taken in before. */
  | { readonly known: true }
  | { readonly problem: string };

/**
 * Files of orders seldom say which order something came back from: it is taken from the newest earlier order of the customer
 * that has enough of it left, else from several, newest first. What was taken in before is not looked up again, because its
 * units are gone from the orders by now.
 */
export async function refundsOfGoodsBack(db: Database, goods: readonly GoodsBack[]): Promise<Refunds[]> {
  const ids = goods.map(({ id }) => `${id}-1`);
  const [known, candidates] = [await findEvents(db, ids), await findRefundableLines(db, goods)];
  const taken = new Map<string, number>();
  return goods.map((one, place): Refunds => {
    if (known.has(`${one.id}-1`)) return { known: true };
    const parts = take(one.quantity, candidates[place] ?? [], taken);
    if (parts === undefined)
      return {
        problem: `brings back ${one.quantity} of "${one.variant}", and no earlier order of the customer has as many`,
      };
    return { events: parts.map((part, index) => refundOf(one, part, `${one.id}-${index + 1}`)) };
  });
}

interface Part {
  readonly from: RefundableLine;
  readonly units: number;
}

/** Several rows of one call may take from the same line: what one has taken the next cannot. */
function take(
  quantity: number,
  candidates: readonly RefundableLine[],
  taken: Map<string, number>,
): Part[] | undefined {
  const keyOf = ({ orderId, line }: RefundableLine): string => `${line} ${orderId}`;
  const free = candidates.map((from) => ({ from, units: from.units - (taken.get(keyOf(from)) ?? 0) }));
  const whole = free.filter(({ units }) => units >= quantity).slice(0, 1);
  const parts: Part[] = [];
  let wanted = quantity;
  for (const { from, units } of whole.length > 0 ? whole : free) {
    const some = Math.min(units, wanted);
    if (some > 0) parts.push({ from, units: some });
    wanted -= some;
  }
  if (wanted > 0) return undefined;
  for (const { from, units } of parts) taken.set(keyOf(from), (taken.get(keyOf(from)) ?? 0) + units);
  return parts;
}

function refundOf(
  { customer, variant, price, at }: GoodsBack,
  { from, units }: Part,
  id: string,
): ImportedEvent {
  const { orderId, shopLine } = from;
  return {
    id,
    type: 'order.refunded',
    occurredAt: at,
    customerId: customer,
    source: 'import',
    backfill: true,
    data: {
      orderId,
      amount: { amount: price.amount * units, currency: price.currency },
      lines: [{ ...(shopLine === null ? {} : { line: shopLine }), variant, quantity: units }],
    },
  };
}
