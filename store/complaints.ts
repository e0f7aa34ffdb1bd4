import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction, Queryable } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** What one event says about a complaint or a ticket. */
export interface ComplaintWord {
  /** Ours, made up for the case that nobody has spoken of it yet. */
  readonly id: string;
  /** The shop's. */
  readonly complaintId: string;
  readonly customer: string;
  readonly topic: string | null;
  readonly openedAt: Instant | null;
  readonly closedAt: Instant | null;
}

/** Our ids by those of the shop; complaints that are new are not among them. */
export async function findComplaints(
  db: Queryable,
  complaintIds: readonly string[],
): Promise<Map<string, string>> {
  if (complaintIds.length === 0) return new Map();
  const { rows } = await sql<{ id: string; complaint_id: string }>`
    select id, complaint_id from complaints where complaint_id = any(${complaintIds}::text[])
  `.execute(db);
  return new Map(rows.map((row) => [row.complaint_id, row.id]));
}

/** The latest opening and the latest closing count: a complaint that is opened again is open again. */
export async function writeComplaints(
  trx: DatabaseTransaction,
  words: readonly ComplaintWord[],
): Promise<void> {
  const joined = new Map<string, ComplaintWord>();
  for (const word of words) joined.set(word.complaintId, joinWords(joined.get(word.complaintId), word));
  if (joined.size === 0) return;
  const rows = [...joined.values()]
    .sort((a, b) => (a.complaintId < b.complaintId ? -1 : 1))
    .map((word) => ({
      id: word.id,
      complaint_id: word.complaintId,
      customer_id: word.customer,
      topic: word.topic,
      opened_at: isoOrNull(word.openedAt),
      closed_at: isoOrNull(word.closedAt),
    }));
  await sql`
    insert into complaints (id, complaint_id, customer_id, topic, opened_at, closed_at)
    select * from ${recordSet(
      rows,
      'id uuid, complaint_id text, customer_id uuid, topic text, opened_at timestamptz, closed_at timestamptz',
    )}
    on conflict (complaint_id) do update set
      topic = coalesce(complaints.topic, excluded.topic),
      opened_at = greatest(complaints.opened_at, excluded.opened_at),
      closed_at = greatest(complaints.closed_at, excluded.closed_at)
  `.execute(trx);
}

function joinWords(known: ComplaintWord | undefined, word: ComplaintWord): ComplaintWord {
  if (known === undefined) return word;
  return {
    ...known,
    topic: known.topic ?? word.topic,
    openedAt: later(known.openedAt, word.openedAt),
    closedAt: later(known.closedAt, word.closedAt),
  };
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** A complaint that waits for a person. */
export interface WaitingComplaint {
  /** The shop's id of it, by which it is closed. */
  readonly complaint: string;
  /** The shop's id of the customer; null for somebody known by a device only. */
  readonly customer: string | null;
  readonly topic: string | null;
  readonly openedAt: Instant;
}

/** Complaints that are open: how many, and those that have waited longest. */
export async function listOpenComplaints(
  db: Queryable,
  { limit }: { readonly limit: number },
): Promise<{ readonly open: number; readonly longest: readonly WaitingComplaint[] }> {
  const { rows } = await sql<{ open: number; complaint: WaitingComplaint }>`
    select count(*) over ()::int as open, jsonb_build_object(
      'complaint', m.complaint_id, 'customer', c.external_id, 'topic', m.topic,
      'openedAt', extract(epoch from m.opened_at) * 1000
    ) as complaint
    from complaints m
    left join customers c on c.id = m.customer_id
    where m.opened_at is not null and (m.closed_at is null or m.closed_at < m.opened_at)
    order by m.opened_at, m.id
    limit ${limit}
  `.execute(db);
  return { open: rows[0]?.open ?? 0, longest: rows.map(({ complaint }) => complaint) };
}
