import type { EventOf } from '../../domain/events/catalogue.ts';
import type { Facts } from '../../domain/facts.ts';
import type { Instant } from '../../domain/instant.ts';
import type { ToldUnits } from '../../domain/order-units.ts';
import { newId } from '../../store/new-id.ts';
import type { OrderRecord } from '../../store/orders.ts';
import type { ShipmentState } from '../../store/schema.ts';
import type { ShipmentRecord } from '../../store/shipments.ts';
import type { DerivedEvent } from './derive.ts';
import type { Knowledge } from './knowledge.ts';
import { orderOf, recount, type About } from './order-facts.ts';
import { lineFacts, parcelsOf } from './order-units.ts';

export type ParcelEvent = EventOf<
  | 'shipment.created'
  | 'shipment.in_transit'
  | 'shipment.delayed'
  | 'shipment.out_for_delivery'
  | 'shipment.delivered'
>;

const stateOf = {
  'shipment.created': 'created',
  'shipment.in_transit': 'in-transit',
  'shipment.delayed': 'delayed',
  'shipment.out_for_delivery': 'out-for-delivery',
  'shipment.delivered': 'delivered',
} as const satisfies Record<ParcelEvent['type'], ShipmentState>;

/** A parcel only gets nearer: a milestone that is told after a later one is late news. */
const rank: Record<ShipmentState, number> = {
  created: 0,
  'in-transit': 1,
  delayed: 2,
  'out-for-delivery': 3,
  delivered: 4,
};

export interface ParcelChange {
  readonly order: OrderRecord;
  readonly fact: Facts['parcel'];
  /** Something later was known already. */
  readonly late: boolean;
  /** `order.shipped` with the first word about a parcel, `order.delivered` when it has arrived. */
  readonly derived: readonly DerivedEvent[];
}

export function moveParcel(knowledge: Knowledge, about: About, event: ParcelEvent): ParcelChange {
  const known = orderOf(knowledge, event.data.orderId, about.customer);
  const before = knowledge.doorstep.shipment(known.id, event.data.shipmentId);
  const shipment = knowledge.doorstep.putShipment(joinWord(before, event, { order: known.id, at: about.at }));
  const order = recount(knowledge, known);
  const fact = parcelFact(knowledge, { order, shipment, about });
  const derive = (type: 'order.shipped' | 'order.delivered'): DerivedEvent => ({
    type,
    subject: shipment.id,
    customer: fact.customer,
    at: about.at,
    fact,
    data: { orderId: order.orderId, shipmentId: shipment.shipmentId },
  });
  const hasArrived = shipment.deliveredAt !== null && (before?.deliveredAt ?? null) === null;
  return {
    order,
    fact,
    late: before !== undefined && rank[before.state] > rank[stateOf[event.type]],
    derived: [
      ...(before === undefined ? [derive('order.shipped')] : []),
      ...(hasArrived ? [derive('order.delivered')] : []),
    ],
  };
}

function joinWord(
  before: ShipmentRecord | undefined,
  { type, data }: ParcelEvent,
  { order, at }: { readonly order: string; readonly at: Instant },
): ShipmentRecord {
  const state = stateOf[type];
  const eta = data.eta === undefined ? undefined : Date.parse(data.eta);
  const known: ShipmentRecord = before ?? {
    id: newId(),
    order,
    shipmentId: data.shipmentId,
    state,
    lines: null,
    linesAt: null,
    eta: null,
    etaAt: null,
    shippedAt: at,
    deliveredAt: null,
  };
  return {
    ...known,
    ...newerLines(known, data.lines, at),
    ...newerEta(known, eta, at),
    state: rank[state] > rank[known.state] ? state : known.state,
    shippedAt: Math.min(at, known.shippedAt),
    deliveredAt: state === 'delivered' ? Math.min(at, known.deliveredAt ?? at) : known.deliveredAt,
  };
}

type Content = Pick<ShipmentRecord, 'lines' | 'linesAt'>;

/** The newest word about the content counts; two words of one instant are told apart by what they say. */
export function newerLines(
  { lines, linesAt }: Content,
  told: readonly ToldUnits[] | undefined,
  at: Instant,
): Content {
  if (told === undefined) return { lines, linesAt };
  const known = linesAt ?? -Infinity;
  const isNewer = at === known ? textOf(told) > textOf(lines ?? []) : at > known;
  return isNewer ? { lines: told, linesAt: at } : { lines, linesAt };
}

/** The same whether it was just told or read back from the database, which sorts keys its own way. */
function textOf(lines: readonly ToldUnits[]): string {
  return JSON.stringify(lines.map(({ line, variant, quantity }) => [line ?? null, variant, quantity]));
}

type Expectation = Pick<ShipmentRecord, 'eta' | 'etaAt'>;

function newerEta({ eta, etaAt }: Expectation, told: Instant | undefined, at: Instant): Expectation {
  if (told === undefined) return { eta, etaAt };
  const known = etaAt ?? -Infinity;
  const isNewer = at === known ? told > (eta ?? -Infinity) : at > known;
  return isNewer ? { eta: told, etaAt: at } : { eta, etaAt };
}

interface Parcel {
  readonly order: OrderRecord;
  readonly shipment: ShipmentRecord;
  readonly about: About;
}

function parcelFact(knowledge: Knowledge, { order, shipment, about }: Parcel): Facts['parcel'] {
  const mine = parcelsOf(order, knowledge.doorstep).find((parcel) => parcel.shipment.id === shipment.id);
  return {
    shipment: shipment.id,
    order: order.id,
    customer: order.customer ?? about.customer,
    at: about.at,
    lines: lineFacts(order.lines, mine?.units),
    deliveredAll: shipment.deliveredAt !== null && order.lines.every(hasNothingToCome),
  };
}

/** What is refunded before it leaves will not come; what came back has been there. */
function hasNothingToCome({ quantity, refunded, delivered }: OrderRecord['lines'][number]): boolean {
  return delivered + refunded >= quantity;
}
