import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { ToldUnits } from '../domain/order-units.ts';
import type { DatabaseTransaction, Queryable } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';
import type { ShipmentState } from './schema.ts';

/** A parcel of one order. */
export interface ShipmentRecord {
  readonly id: string;
  /** Our id of the order. */
  readonly order: string;
  /** The shop's id; the carrier's tracking number, say. */
  readonly shipmentId: string;
  readonly state: ShipmentState;
  /** As told; null: what no other parcel of the order holds. */
  readonly lines: readonly ToldUnits[] | null;
  readonly linesAt: Instant | null;
  readonly eta: Instant | null;
  readonly etaAt: Instant | null;
  /** The earliest instant of anything that was told about it. */
  readonly shippedAt: Instant;
  readonly deliveredAt: Instant | null;
}

/** All parcels of the orders. */
export async function loadShipments(db: Queryable, orders: readonly string[]): Promise<ShipmentRecord[]> {
  if (orders.length === 0) return [];
  const { rows } = await sql<ShipmentRecord>`
    select id, order_id as "order", shipment_id as "shipmentId", state, lines, lines_at as "linesAt", eta,
      eta_at as "etaAt", shipped_at as "shippedAt", delivered_at as "deliveredAt"
    from shipments
    where order_id = any(${orders}::uuid[])
    order by shipped_at, shipment_id
  `.execute(db);
  return rows;
}

/** Adds and changes parcels. Two transactions that add the same one cannot both succeed: the second is run again. */
export async function writeShipments(
  trx: DatabaseTransaction,
  shipments: readonly ShipmentRecord[],
): Promise<void> {
  if (shipments.length === 0) return;
  const rows = [...shipments]
    .sort((a, b) => (a.order + a.shipmentId < b.order + b.shipmentId ? -1 : 1))
    .map((shipment) => ({
      id: shipment.id,
      order_id: shipment.order,
      shipment_id: shipment.shipmentId,
      state: shipment.state,
      lines: shipment.lines,
      lines_at: isoOrNull(shipment.linesAt),
      eta: isoOrNull(shipment.eta),
      eta_at: isoOrNull(shipment.etaAt),
      shipped_at: isoOrNull(shipment.shippedAt),
      delivered_at: isoOrNull(shipment.deliveredAt),
    }));
  await sql`
    insert into shipments (id, order_id, shipment_id, state, lines, lines_at, eta, eta_at, shipped_at, delivered_at)
    select * from ${recordSet(
      rows,
      'id uuid, order_id uuid, shipment_id text, state text, lines jsonb, lines_at timestamptz, eta timestamptz, ' +
        'eta_at timestamptz, shipped_at timestamptz, delivered_at timestamptz',
    )}
    on conflict (id) do update set
      state = excluded.state, lines = excluded.lines, lines_at = excluded.lines_at, eta = excluded.eta,
      eta_at = excluded.eta_at, shipped_at = excluded.shipped_at, delivered_at = excluded.delivered_at
  `.execute(trx);
}
