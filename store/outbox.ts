import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { Happening, JourneyTypeName, RunInput } from '../domain/journey.ts';
import type { DatabaseTransaction } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** What the dispatcher starts a run with. */
export interface StartPayload extends RunInput {
  readonly type: JourneyTypeName;
  /** When the run begins: later than now means a start delay. */
  readonly startAt: Instant;
}

/** What a run is told; the dispatcher adds the id of the row. */
export type SignalPayload = Omit<Happening, 'outboxId'>;

export type OutboxRow = { readonly enrolment: string; readonly event: string | null } & (
  | { readonly kind: 'start'; readonly payload: StartPayload }
  | { readonly kind: 'signal'; readonly payload: SignalPayload }
);

/** Adds rows in the order given: the dispatcher works through each run in the order of their ids. */
export async function insertOutbox(
  trx: DatabaseTransaction,
  outbox: readonly OutboxRow[],
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
