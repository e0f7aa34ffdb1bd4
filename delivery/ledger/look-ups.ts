import { sql } from 'kysely';
import type { Arrival } from '../../domain/arrival.ts';
import type { DeliveryState } from '../../domain/delivery.ts';
import { toIso, type Instant } from '../../domain/instant.ts';
import { timestamp, type Queryable } from '../../store/database.ts';
import type { SettleTerms } from './settle.ts';

/** A question to a provider whose time has come. */
export interface LookUp extends SettleTerms {
  readonly delivery: string;
  readonly sendKey: string;
  readonly state: DeliveryState;
  readonly requestedAt: Instant | null;
  readonly providerId: string | null;
  readonly arrival: Arrival | null;
}

/** `settled`: there is nothing left to ask. */
export type LookUpAnswer = 'found' | 'not-found' | 'cannot-be-asked' | 'not-reached' | 'settled';

export async function findDueLookUps(
  db: Queryable,
  { now, limit }: { readonly now: Instant; readonly limit: number },
): Promise<readonly LookUp[]> {
  const { rows } = await sql<LookUp>`
    select d.id as delivery, d.send_key as "sendKey", d.state, d.class, d.useful_until as "usefulUntil",
      d.sending_at as "requestedAt", d.provider_id as "providerId", d.arrival
    from look_ups l
    join deliveries d on d.id = l.delivery_id
    where l.next_at <= ${timestamp(now)}::timestamptz
    order by l.next_at, l.delivery_id
    limit ${limit}
  `.execute(db);
  return rows;
}

export async function noteLookUp(
  db: Queryable,
  {
    delivery,
    answer,
    at,
    next,
  }: {
    readonly delivery: string;
    readonly answer: LookUpAnswer;
    readonly at: Instant;
    /** Nothing: it is asked no more, and stays listed. */
    readonly next: Instant | undefined;
  },
): Promise<void> {
  await sql`
    update look_ups
    set asked = asked + 1, answer = ${answer}, last_asked_at = ${toIso(at)}::timestamptz,
      next_at = ${next === undefined ? null : toIso(next)}::timestamptz
    where delivery_id = ${delivery}::uuid
  `.execute(db);
}

export async function closeLookUp(db: Queryable, delivery: string): Promise<void> {
  await db.deleteFrom('look_ups').where('delivery_id', '=', delivery).execute();
}

/** What a receipt has settled since it was asked about for the last time. */
export async function forgetSettled(db: Queryable): Promise<void> {
  await sql`
    delete from look_ups l
    using deliveries d
    where l.next_at is null and d.id = l.delivery_id and d.state not in ('unknown', 'deferred')
  `.execute(db);
}
