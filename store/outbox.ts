import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Happening } from '../domain/journey.ts';
import type { DatabaseTransaction } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** When the dispatcher starts a run: later than now means a start delay. The rest stands in the enrolment. */
export interface StartPayload {
  readonly startAt: Instant;
}

/** What a run is told; the dispatcher adds the id of the row. */
export type SignalPayload = Omit<Happening, 'outboxId'>;

/** A row to be written. */
export type NewOutboxRow = { readonly enrolment: string; readonly event: string | null } & (
  | { readonly kind: 'start'; readonly payload: StartPayload }
  | { readonly kind: 'signal'; readonly payload: SignalPayload }
);

/** Adds rows in the order given: the dispatcher works through each run in the order of their ids. */
export async function insertOutbox(
  trx: DatabaseTransaction,
  outbox: readonly NewOutboxRow[],
  createdAt: Instant,
): Promise<void> {
  if (outbox.length === 0) return;
  const rows = outbox.map(({ enrolment, kind, event, payload }, place) => ({
    place,
    enrolment_id: enrolment,
    kind,
    event_id: event,
    payload,
  }));
  await sql`
    insert into outbox (enrolment_id, kind, event_id, payload, created_at)
    select enrolment_id, kind, event_id, payload, ${isoOrNull(createdAt)}::timestamptz
    from ${recordSet(rows, 'place integer, enrolment_id uuid, kind text, event_id text, payload jsonb')}
    order by place
  `.execute(trx);
}
