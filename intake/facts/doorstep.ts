import type { RefundRecord } from '../../store/refunds.ts';
import type { ReturnRecord } from '../../store/returns.ts';
import type { ShipmentRecord } from '../../store/shipments.ts';

/** Parcels, returns and refunds of the orders that a transaction is about. */
export class Doorstep {
  readonly #shipments = new Map<string, Map<string, ShipmentRecord>>();
  readonly #returns = new Map<string, Map<string, ReturnRecord>>();
  readonly #refunds = new Map<string, RefundRecord[]>();
  readonly #changedShipments = new Set<string>();
  readonly #changedReturns = new Set<string>();
  readonly #newRefunds: RefundRecord[] = [];

  constructor(known: {
    readonly shipments: readonly ShipmentRecord[];
    readonly returns: readonly ReturnRecord[];
    readonly refunds: readonly RefundRecord[];
  }) {
    for (const shipment of known.shipments)
      within(this.#shipments, shipment.order).set(shipment.shipmentId, shipment);
    for (const one of known.returns) within(this.#returns, one.order).set(one.returnId, one);
    for (const refund of known.refunds) this.#keepRefund(refund);
  }

  shipment(order: string, shipmentId: string): ShipmentRecord | undefined {
    return this.#shipments.get(order)?.get(shipmentId);
  }

  /** Those of an order, the one that left first first. */
  shipmentsOf(order: string): ShipmentRecord[] {
    return [...(this.#shipments.get(order)?.values() ?? [])].sort(
      (a, b) => a.shippedAt - b.shippedAt || (a.shipmentId < b.shipmentId ? -1 : 1),
    );
  }

  putShipment(shipment: ShipmentRecord): ShipmentRecord {
    within(this.#shipments, shipment.order).set(shipment.shipmentId, shipment);
    this.#changedShipments.add(shipment.id);
    return shipment;
  }

  return(order: string, returnId: string): ReturnRecord | undefined {
    return this.#returns.get(order)?.get(returnId);
  }

  returnsOf(order: string): ReturnRecord[] {
    return [...(this.#returns.get(order)?.values() ?? [])].sort((a, b) => (a.returnId < b.returnId ? -1 : 1));
  }

  putReturn(one: ReturnRecord): ReturnRecord {
    within(this.#returns, one.order).set(one.returnId, one);
    this.#changedReturns.add(one.id);
    return one;
  }

  refundsOf(order: string): readonly RefundRecord[] {
    return this.#refunds.get(order) ?? [];
  }

  addRefund(refund: RefundRecord): void {
    this.#keepRefund(refund);
    this.#newRefunds.push(refund);
  }

  changed(): {
    readonly shipments: ShipmentRecord[];
    readonly returns: ReturnRecord[];
    readonly refunds: RefundRecord[];
  } {
    const all = <Row>(orders: Map<string, Map<string, Row>>): Row[] =>
      [...orders.values()].flatMap((rows) => [...rows.values()]);
    return {
      shipments: all(this.#shipments).filter(({ id }) => this.#changedShipments.has(id)),
      returns: all(this.#returns).filter(({ id }) => this.#changedReturns.has(id)),
      refunds: this.#newRefunds,
    };
  }

  #keepRefund(refund: RefundRecord): void {
    const refunds = this.#refunds.get(refund.order);
    if (refunds === undefined) this.#refunds.set(refund.order, [refund]);
    else refunds.push(refund);
  }
}

function within<Row>(orders: Map<string, Map<string, Row>>, order: string): Map<string, Row> {
  const known = orders.get(order);
  if (known !== undefined) return known;
  const rows = new Map<string, Row>();
  orders.set(order, rows);
  return rows;
}
