import { sql } from 'kysely';
import type { ChannelName } from '../../domain/channel-name.ts';
import type { DeliveryState, FailureCode, GateTrace, SkipReason } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Queryable } from '../../store/database.ts';
import type { Deferral } from '../../store/schema.ts';

/** What the ledger already knows about a send key. */
export interface LedgerRow {
  readonly id: string;
  readonly sendKey: string;
  readonly state: DeliveryState;
  readonly reason: SkipReason | FailureCode | null;
  readonly channel: ChannelName | null;
  readonly connection: string | null;
  readonly addressKey: string | null;
  readonly allowance: string | null;
  readonly locale: string | null;
  readonly segments: number | null;
  /** An estimate, in millionths of the currency's main unit. */
  readonly costMicros: number | null;
  readonly costCurrency: string | null;
  /** Of the latest request that may have arrived. */
  readonly sendingAt: Instant | null;
  /** Set while it waits. */
  readonly deferredUntil: Instant | null;
  readonly deferrals: readonly Deferral[];
  readonly trace: readonly GateTrace[];
  /** In order. */
  readonly attempts: readonly AttemptRow[];
}

export interface AttemptRow {
  readonly attempt: number;
  readonly channel: ChannelName;
  readonly connection: string;
  readonly state: 'sending' | 'accepted' | 'rejected' | 'throttled' | 'ambiguous';
  readonly startedAt: Instant;
  readonly code: string | null;
  /** Wall time. */
  readonly leaseUntil: Instant | null;
  /** Of its words; null for attempts of earlier versions. */
  readonly fingerprint: string | null;
}

/** The rows of `sendKeys`, by key. Two statements for any number of keys. */
export async function loadLedgerRows(
  db: Queryable,
  sendKeys: readonly string[],
): Promise<ReadonlyMap<string, LedgerRow>> {
  const { rows } = await sql<Omit<LedgerRow, 'attempts'>>`
    select id, send_key as "sendKey", state, reason, channel, connection, address_key as "addressKey", allowance,
      locale, segments, cost_micros::float8 as "costMicros", cost_currency as "costCurrency", sending_at as "sendingAt",
      deferred_until as "deferredUntil", deferrals, trace
    from deliveries
    where send_key = any(${sendKeys}::text[])
  `.execute(db);
  const attempts = await loadAttempts(
    db,
    rows.map((row) => row.id),
  );
  return new Map(rows.map((row) => [row.sendKey, { ...row, attempts: attempts.get(row.id) ?? [] }]));
}

async function loadAttempts(
  db: Queryable,
  deliveries: readonly string[],
): Promise<Map<string, AttemptRow[]>> {
  if (deliveries.length === 0) return new Map();
  const { rows } = await sql<AttemptRow & { delivery: string }>`
    select delivery_id as delivery, attempt, channel, connection, state, started_at as "startedAt", code,
      lease_until as "leaseUntil", fingerprint
    from delivery_attempts
    where delivery_id = any(${deliveries}::uuid[])
    order by delivery_id, attempt
  `.execute(db);
  const byDelivery = new Map<string, AttemptRow[]>();
  for (const { delivery, ...attempt } of rows) {
    byDelivery.set(delivery, [...(byDelivery.get(delivery) ?? []), attempt]);
  }
  return byDelivery;
}
