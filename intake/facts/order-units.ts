import type { OrderLineFact } from '../../domain/facts.ts';
import { allot, contentsOf, type Allotment } from '../../domain/order-units.ts';
import type { OrderLine, OrderRecord } from '../../store/orders.ts';
import type { ReturnRecord } from '../../store/returns.ts';
import type { ShipmentRecord } from '../../store/shipments.ts';
import type { Doorstep } from './doorstep.ts';

/**
 * What became of the units of an order, line by line, worked out afresh from all of its parcels, returns and refunds: it comes
 * out the same in whatever order they were told.
 */
export function unitsOf(
  { id, lines }: Pick<OrderRecord, 'id' | 'lines'>,
  doorstep: Doorstep,
): readonly OrderLine[] {
  const parcels = parcelsOf({ id, lines }, doorstep);
  const returns = returnsOf({ id, lines }, doorstep);
  const refunds = allot(
    lines,
    doorstep.refundsOf(id).map((refund) => refund.lines ?? []),
  );
  const delivered = parcels.filter(({ shipment }) => shipment.deliveredAt !== null);
  // Parcels whose content nobody told share the rest: it has arrived once all of them have.
  const isRestDelivered = parcels.every(
    ({ shipment }) => shipment.lines !== null || shipment.deliveredAt !== null,
  );
  return lines.map((line) => ({
    ...line,
    refunded: sum(line, refunds),
    shipped: unitsIn(line, parcels),
    delivered: unitsIn(
      line,
      delivered.filter(({ shipment }) => shipment.lines !== null || isRestDelivered),
    ),
    returned: sum(
      line,
      returns.filter(({ one }) => one.receivedAt !== null).map(({ units }) => units),
    ),
  }));
}

interface Parcel {
  readonly shipment: ShipmentRecord;
  readonly units: Allotment;
}

/** Units of a line in these parcels; those without told lines all hold the same rest, which counts once. */
function unitsIn(line: OrderLine, parcels: readonly Parcel[]): number {
  const told = parcels.filter(({ shipment }) => shipment.lines !== null).map(({ units }) => units);
  const untold = parcels.filter(({ shipment }) => shipment.lines === null).map(({ units }) => units);
  return sum(line, [...told, ...untold.slice(0, 1)]);
}

function sum({ line }: OrderLine, allotments: readonly Allotment[]): number {
  return allotments.reduce((units, allotment) => units + (allotment.get(line) ?? 0), 0);
}

/** The parcels of an order with what is in them. */
export function parcelsOf(
  { id, lines }: Pick<OrderRecord, 'id' | 'lines'>,
  doorstep: Doorstep,
): readonly Parcel[] {
  const shipments = doorstep.shipmentsOf(id);
  const contents = contentsOf(
    lines,
    shipments.map((shipment) => shipment.lines),
  );
  return shipments.map((shipment, place) => ({ shipment, units: contents[place] ?? new Map() }));
}

/** The returns of an order with what goes back. */
export function returnsOf(
  { id, lines }: Pick<OrderRecord, 'id' | 'lines'>,
  doorstep: Doorstep,
): readonly { readonly one: ReturnRecord; readonly units: Allotment }[] {
  const returns = doorstep.returnsOf(id);
  const contents = contentsOf(
    lines,
    returns.map((one) => one.lines),
  );
  return returns.map((one, place) => ({ one, units: contents[place] ?? new Map() }));
}

/** Facts stay in workflow histories: a wholesale order with a thousand lines must not fill them. */
const linesPerFact = 100;

/** These units of an order as a fact tells them; all of it when nothing is said. */
export function lineFacts(lines: readonly OrderLine[], units?: Allotment): readonly OrderLineFact[] {
  return lines
    .map(({ line, variant, quantity, gift }) => ({
      line,
      variant,
      quantity: units === undefined ? quantity : (units.get(line) ?? 0),
      gift,
    }))
    .filter(({ quantity }) => quantity > 0)
    .slice(0, linesPerFact);
}
