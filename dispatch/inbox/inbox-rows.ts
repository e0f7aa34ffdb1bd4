import { sql } from 'kysely';
import type { Notice } from '../../delivery/channels/receipts.ts';
import type { Instant } from '../../domain/instant.ts';
import { timestamp, type Database } from '../../store/database.ts';
import { recordSet } from '../../store/record-set.ts';
import type { NoticeOutcome } from './notice-outcome.ts';

/** A notice that is kept and has not taken effect yet. */
export interface InboxRow {
  readonly id: string;
  readonly connection: string;
  readonly notice: Notice;
  readonly attempts: number;
}

/**
 * Keeps notices, one statement for all of them. Those that are here already are left as they are.
 *
 * @returns the new ones
 */
export async function insertNotices(
  db: Database,
  { connection, notices, at }: { connection: string; notices: readonly Notice[]; at: Instant },
): Promise<InboxRow[]> {
  if (notices.length === 0) return [];
  const rows = notices.map((notice) => ({ id: inboxIdOf(connection, notice), notice: storable(notice) }));
  const { rows: kept } = await sql<InboxRow>`
    insert into inbox (id, connection, received_at, notice)
    select id, ${connection}, ${timestamp(at)}::timestamptz, notice
    from ${recordSet(rows, 'id text, notice jsonb')}
    on conflict (id) do nothing
    returning id, connection, notice, attempts
  `.execute(db);
  return kept;
}

function inboxIdOf(connection: string, { id }: Notice): string {
  return `${connection}/${id}`;
}

/** NUL and halves of surrogate pairs are legal in JSON, and PostgreSQL refuses them, with all notices beside them. */
function storable(notice: Notice): unknown {
  return JSON.parse(JSON.stringify(notice), (_key, value: unknown) =>
    typeof value === 'string' ? Buffer.from(value.replaceAll('\u0000', '')).toString() : value,
  );
}

/** The oldest rows that may be tried now. A row that waits for its next attempt holds nobody up: notices come in any order. */
export async function readWaiting(
  db: Database,
  { now, limit }: { now: Instant; limit: number },
): Promise<InboxRow[]> {
  const { rows } = await sql<InboxRow>`
    select id, connection, notice, attempts
    from inbox
    where applied_at is null and (next_attempt_at is null or next_attempt_at <= ${timestamp(now)}::timestamptz)
    order by number
    limit ${limit}::integer
  `.execute(db);
  return rows;
}

/** They have had their effect: what they said leaves the inbox. The words of a reply stay in its event, until the customer is erased. */
export async function markApplied(
  db: Database,
  outcomes: ReadonlyMap<string, NoticeOutcome>,
  at: Instant,
): Promise<void> {
  if (outcomes.size === 0) return;
  const rows = [...outcomes].map(([id, outcome]) => ({ id, outcome })).sort((a, b) => (a.id < b.id ? -1 : 1));
  await sql`
    update inbox
    set applied_at = ${timestamp(at)}::timestamptz, outcome = r.outcome, notice = null, next_attempt_at = null,
      last_error = null
    from ${recordSet(rows, 'id text, outcome text')}
    where inbox.id = r.id and inbox.applied_at is null
  `.execute(db);
}

/** It can never take effect: it is over, and says why. What it said leaves the inbox like that of every other. */
export async function giveUp(
  db: Database,
  id: string,
  { error, at }: { error: string; at: Instant },
): Promise<void> {
  const outcome: NoticeOutcome = 'unusable';
  await sql`
    update inbox
    set applied_at = ${timestamp(at)}::timestamptz, outcome = ${outcome}, notice = null, next_attempt_at = null,
      attempts = attempts + 1, last_error = ${error}
    where id = ${id} and applied_at is null
  `.execute(db);
}

/** It could not take effect: it waits, and says why. */
export async function putOff(
  db: Database,
  id: string,
  { error, nextAttemptAt }: { error: string; nextAttemptAt: Instant },
): Promise<void> {
  await sql`
    update inbox
    set attempts = attempts + 1, last_error = ${error}, next_attempt_at = ${timestamp(nextAttemptAt)}::timestamptz
    where id = ${id} and applied_at is null
  `.execute(db);
}
