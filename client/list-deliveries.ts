import { sql } from 'kysely';
import type { Arrival } from '../domain/arrival.ts';
import type { DeliveryState } from '../domain/delivery.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Queryable } from '../store/database.ts';
import { assertKnown } from './assert-known.ts';

export interface DeliveryFilter {
  readonly state?: DeliveryState;
  readonly journey?: string;
  readonly campaign?: string;
  readonly message?: string;
  readonly since?: Instant;
  /** Most rows, newest first. Default 50, and all of those in state `unknown`: none of them may be overlooked. */
  readonly limit?: number;
}

export interface ListedDelivery {
  readonly id: string;
  /** The shop's id; null for a guest. */
  readonly customer: string | null;
  /** What it was sent for: one of the two, by name. */
  readonly journey: string | null;
  readonly campaign: string | null;
  readonly step: string;
  readonly state: DeliveryState;
  readonly channel: string | null;
  readonly reason: string | null;
  /** What became of it after the provider took it, as far as receipts tell. */
  readonly arrival: Arrival | null;
  /** The vendor's code of a failure or a bounce. */
  readonly arrivalCode: string | null;
  readonly decidedAt: Instant;
}

export interface NamedDeliveryFilter extends DeliveryFilter {
  /** Journeys of this version of the shop. */
  readonly journeyNames: readonly string[];
}

/**
 * The rows, and a refusal of a journey or a campaign that nothing has.
 *
 * @throws PerennialError `journey-unknown`, `campaign-unknown`
 */
export async function listNamedDeliveries(
  db: Queryable,
  { journeyNames, ...filter }: NamedDeliveryFilter,
): Promise<ListedDelivery[]> {
  const found = await listDeliveries(db, filter);
  if (found.length === 0) await assertKnown(db, { ...filter, journeyNames });
  return found;
}

/** Rows of the send ledger, newest first. No addresses, no names. */
export async function listDeliveries(db: Queryable, filter: DeliveryFilter = {}): Promise<ListedDelivery[]> {
  let query = db
    .selectFrom('deliveries')
    .select(['id', 'journey', 'campaign', 'step', 'state', 'channel', 'reason'])
    .select(['arrival', 'arrival_code as arrivalCode', 'decided_at as decidedAt'])
    .select((delivery) =>
      delivery
        .selectFrom('customers')
        .select('external_id')
        .whereRef('customers.id', '=', 'deliveries.customer_id')
        .as('customer'),
    )
    .orderBy('decided_at', 'desc')
    .orderBy('id', 'desc');
  const limit = filter.limit ?? (filter.state === 'unknown' ? undefined : 50);
  if (limit !== undefined) query = query.limit(limit);
  if (filter.state !== undefined) query = query.where('state', '=', filter.state);
  if (filter.journey !== undefined) query = query.where('journey', '=', filter.journey);
  if (filter.campaign !== undefined) query = query.where('campaign', '=', filter.campaign);
  if (filter.message !== undefined) query = query.where('message', '=', filter.message);
  if (filter.since !== undefined)
    query = query.where('decided_at', '>=', sql<Instant>`${timestamp(filter.since)}`);
  return query.execute();
}
