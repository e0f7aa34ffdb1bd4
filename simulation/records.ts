import type { ChannelName } from '../domain/channel-name.ts';
import { channelSentence } from '../domain/channel-sentence.ts';
import type { DeliveryState, SkipReason } from '../domain/delivery.ts';
import type { Instant } from '../domain/instant.ts';
import type { Database } from '../store/database.ts';

/** A row of the send ledger, without anything that differs between two worlds with the same story. */
export interface DeliveryRecord {
  /** The shop's id, or the anonymous one. */
  readonly customer: string;
  /** The journey or the campaign that it was sent for. */
  readonly journey: string;
  readonly step: string;
  readonly state: DeliveryState;
  readonly reason: string | undefined;
  /** The reason channel by channel, where each channel had one. */
  readonly why: string | undefined;
  readonly channel: ChannelName | undefined;
  readonly language: string | undefined;
  readonly dueAt: Instant;
  /** When it was last decided upon: sent, skipped, deferred. */
  readonly at: Instant;
  readonly deferrals: readonly {
    readonly at: Instant;
    readonly until: Instant;
    readonly reason: SkipReason;
  }[];
}

/** One passage through a journey, in the same spirit. */
export interface EnrolmentRecord {
  readonly customer: string;
  readonly journey: string;
  readonly entry: number;
  readonly state: 'open' | 'sealed' | 'closed';
  readonly openedAt: Instant;
  readonly dueAt: Instant;
  readonly sealedAt: Instant | undefined;
  readonly exitedAt: Instant | undefined;
  readonly exitReason: string | undefined;
}

export async function readDeliveries(db: Database): Promise<DeliveryRecord[]> {
  const [names, rows] = await Promise.all([
    readNames(db),
    db.selectFrom('deliveries').selectAll().orderBy('decided_at').orderBy('due_at').orderBy('id').execute(),
  ]);
  return rows.map((row) => ({
    customer: names.get(row.customer_id) ?? 'somebody',
    journey: row.journey ?? row.campaign ?? '',
    step: row.step,
    state: row.state,
    reason: row.reason ?? undefined,
    why: channelSentence(row.reason ?? '', row.trace),
    channel: row.channel ?? undefined,
    language: row.locale ?? undefined,
    dueAt: row.due_at,
    at: row.sending_at ?? row.decided_at,
    deferrals: row.deferrals,
  }));
}

export async function readEnrolments(db: Database): Promise<EnrolmentRecord[]> {
  const [names, rows] = await Promise.all([
    readNames(db),
    db.selectFrom('enrolments').selectAll().orderBy('opened_at').orderBy('id').execute(),
  ]);
  return rows.map((row) => ({
    customer: names.get(row.customer_id) ?? 'somebody',
    journey: row.journey,
    entry: row.entry,
    state: row.state,
    openedAt: row.opened_at,
    dueAt: row.due_at,
    sealedAt: row.sealed_at ?? undefined,
    exitedAt: row.exited_at ?? undefined,
    exitReason: row.exit_reason ?? row.seal_reason ?? undefined,
  }));
}

/** Customers by the name under which the shop knows them; the shop's own id before an anonymous one. */
export async function readNames(db: Database): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('customer_identities')
    .selectAll()
    .orderBy('kind')
    .orderBy('value')
    .execute();
  const names = new Map<string, string>();
  for (const { customer_id, kind, value } of rows) {
    if (kind === 'external' || !names.has(customer_id)) names.set(customer_id, value);
  }
  return names;
}

/** The zones of customers, by the name under which the shop knows them. */
export async function readZones(db: Database): Promise<Map<string, string>> {
  const names = await readNames(db);
  const rows = await db
    .selectFrom('customers')
    .select(['id', 'time_zone'])
    .where('time_zone', 'is not', null)
    .execute();
  return new Map(
    rows.flatMap(({ id, time_zone }) => {
      const name = names.get(id);
      return name === undefined || time_zone === null ? [] : [[name, time_zone] as const];
    }),
  );
}
