import { sql } from 'kysely';
import type { Fact } from '../domain/facts.ts';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from './database.ts';
import { closeEnrolments } from './record-exit.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** One customer's passage through one journey, as routing sees it. */
export interface EnrolmentRecord {
  readonly id: string;
  readonly journey: string;
  readonly version: number;
  readonly key: string;
  readonly entry: number;
  readonly customer: string;
  readonly state: 'open' | 'sealed' | 'closed';
  /** The fact it was opened with. */
  readonly fact: Fact;
  readonly sealReason: string | null;
}

interface EnrolmentRow extends Omit<EnrolmentRecord, 'customer' | 'sealReason'> {
  readonly customer_id: string;
  readonly seal_reason: string | null;
}

const seen = sql.raw(
  'e.id, e.journey, e.version, e.key, e.entry, e.customer_id, e.state, e.fact, e.seal_reason',
);

function enrolmentOf({ customer_id, seal_reason, ...row }: EnrolmentRow): EnrolmentRecord {
  return { ...row, customer: customer_id, sealReason: seal_reason };
}

/** All live enrolments of the customers. */
export async function loadOpenEnrolments(
  trx: DatabaseTransaction,
  customers: readonly string[],
): Promise<EnrolmentRecord[]> {
  if (customers.length === 0) return [];
  const { rows } = await sql<EnrolmentRow>`
    select ${seen}
    from unnest(${customers}::uuid[]) as c(id)
    cross join lateral (
      select * from enrolments where customer_id = c.id and state = 'open' offset 0
    ) e
  `.execute(trx);
  return rows.map(enrolmentOf);
}

export interface JourneyKey {
  readonly journey: string;
  readonly key: string;
}

/** The last entry of each key. */
export async function loadLastEntries(
  trx: DatabaseTransaction,
  keys: readonly JourneyKey[],
): Promise<EnrolmentRecord[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<EnrolmentRow>`
    select ${seen}
    from unnest(${keys.map((key) => key.journey)}::text[], ${keys.map((key) => key.key)}::text[]) as k(journey, key)
    cross join lateral (
      select * from enrolments where journey = k.journey and key = k.key order by entry desc limit 1
    ) e
  `.execute(trx);
  return rows.map(enrolmentOf);
}

/** Which of the customers have ever been in which of the journeys, as `journey customer`. */
export async function findEntered(
  trx: DatabaseTransaction,
  customers: readonly string[],
  journeys: readonly string[],
): Promise<Set<string>> {
  if (customers.length === 0 || journeys.length === 0) return new Set();
  const { rows } = await sql<{ journey: string; customer_id: string }>`
    select distinct journey, customer_id from enrolments
    where customer_id = any(${customers}::uuid[]) and journey = any(${journeys}::text[])
  `.execute(trx);
  return new Set(rows.map((row) => `${row.journey} ${row.customer_id}`));
}

/** Who is in the journeys under these keys: an event about no customer, such as a price drop, may concern them. */
export async function findCustomersOfKeys(
  trx: DatabaseTransaction,
  keys: readonly JourneyKey[],
): Promise<string[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<{ customer_id: string }>`
    select distinct e.customer_id
    from unnest(${keys.map((key) => key.journey)}::text[], ${keys.map((key) => key.key)}::text[]) as k(journey, key)
    join enrolments e on e.journey = k.journey and e.key = k.key and e.state = 'open'
  `.execute(trx);
  return rows.map((row) => row.customer_id);
}

export interface NewEnrolment extends JourneyKey {
  readonly id: string;
  readonly version: number;
  readonly entry: number;
  readonly customer: string;
  readonly openedBy: string | null;
  readonly dueAt: Instant;
  readonly fact: Fact;
  /** Set when an event of the same transaction has already ended it. Nobody has seen it open, so it is closed at once. */
  readonly seal?: EnrolmentSeal;
}

export interface EnrolmentSeal {
  readonly by: string;
  readonly reason: string;
}

/** Opens enrolments. (journey, key, entry) is unique: the constraint, not the caller, has the last word. */
export async function insertEnrolments(
  trx: DatabaseTransaction,
  enrolments: readonly NewEnrolment[],
  openedAt: Instant,
): Promise<void> {
  if (enrolments.length === 0) return;
  const rows = enrolments.map((enrolment) => ({
    id: enrolment.id,
    journey: enrolment.journey,
    version: enrolment.version,
    key: enrolment.key,
    entry: enrolment.entry,
    customer_id: enrolment.customer,
    opened_by: enrolment.openedBy,
    due_at: isoOrNull(enrolment.dueAt),
    fact: enrolment.fact,
    sealed_by: enrolment.seal?.by ?? null,
    seal_reason: enrolment.seal?.reason ?? null,
  }));
  const now = sql`${isoOrNull(openedAt)}::timestamptz`;
  await sql`
    insert into enrolments (id, journey, version, key, entry, customer_id, state, opened_at, opened_by, due_at, fact,
      sealed_at, sealed_by, seal_reason, exit_reason, exited_at)
    select id, journey, version, key, entry, customer_id, case when seal_reason is null then 'open' else 'closed' end,
      ${now}, opened_by, due_at, fact, case when seal_reason is not null then ${now} end, sealed_by, seal_reason,
      seal_reason, case when seal_reason is not null then ${now} end
    from ${recordSet(
      rows,
      'id uuid, journey text, version integer, key text, entry integer, customer_id uuid, opened_by text, ' +
        'due_at timestamptz, fact jsonb, sealed_by text, seal_reason text',
    )}
  `.execute(trx);
}

/** Seals enrolments that are still open: from this commit on, nothing more is sent for them. */
export async function sealEnrolments(
  trx: DatabaseTransaction,
  seals: readonly (EnrolmentSeal & { readonly enrolment: string })[],
  sealedAt: Instant,
): Promise<void> {
  if (seals.length === 0) return;
  const rows = seals.map(({ enrolment, by, reason }) => ({
    id: enrolment,
    sealed_by: by,
    seal_reason: reason,
  }));
  await sql`
    update enrolments e set
      state = 'sealed', sealed_at = ${isoOrNull(sealedAt)}::timestamptz, sealed_by = r.sealed_by, seal_reason = r.seal_reason
    from ${recordSet(rows, 'id uuid, sealed_by text, seal_reason text')}
    where e.id = r.id and e.id = any(${seals.map((seal) => seal.enrolment)}::uuid[]) and e.state = 'open'
  `.execute(trx);
}

/** Its run was found finished: the enrolment is over as well. Tells what it was, or nothing when it was not open. */
export async function closeFinished(
  trx: DatabaseTransaction,
  enrolment: string,
  at: Instant,
): Promise<EnrolmentRecord | undefined> {
  const closed = await closeEnrolments(trx, [enrolment], { reason: 'run-finished', at });
  if (closed.length === 0) return undefined;
  const { rows } = await sql<EnrolmentRow>`
    select ${seen} from enrolments e where e.id = ${enrolment}::uuid
  `.execute(trx);
  const [row] = rows;
  return row === undefined ? undefined : enrolmentOf(row);
}

/** A cart has passed to another person (a guest who logged in elsewhere, say): its journeys pass with it. */
export async function moveEnrolmentsOfCarts(
  trx: DatabaseTransaction,
  moves: readonly { readonly cycle: string; readonly from: string; readonly to: string }[],
): Promise<void> {
  if (moves.length === 0) return;
  await sql`
    with moved as (
      update enrolments e set customer_id = r."to"
      from ${recordSet(moves, 'cycle text, "from" uuid, "to" uuid')}
      where e.customer_id = r."from" and e.fact ->> 'cycle' = r.cycle and e.fact ? 'items'
      returning e.id, e.customer_id
    )
    update deliveries d set customer_id = moved.customer_id
    from moved where d.enrolment_id = moved.id
  `.execute(trx);
}
