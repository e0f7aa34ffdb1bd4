import { sql } from 'kysely';
import type { Database } from '../../store/database.ts';
import type { Arrival } from './provider.ts';

export interface Audit {
  /** Requests beyond the first for the same message, and messages beyond the first for the same recipient. */
  readonly duplicates: number;
  /** Recipients of whom the ledger does not say the truth: sent, though the provider has nothing; or nothing at all. */
  readonly unlistedLosses: number;
  /** Messages whose outcome nobody knows, and which are listed as such. */
  readonly unknown: number;
}

interface Row {
  readonly id: string;
  readonly recipient: string;
  readonly state: string;
}

/** Compares what the provider saw with what the ledger says, recipient by recipient. */
export async function auditLedger(db: Database, arrivals: readonly Arrival[]): Promise<Audit> {
  const { rows } = await sql<Row>`
    select d.id, r.id as recipient, coalesce(d.state, 'missing') as state
    from campaign_recipients r
    left join deliveries d on d.recipient_id = r.id
  `.execute(db);
  const seen = new Set(arrivals.map(({ sendId }) => sendId));
  const rowsSeen = rows.filter(({ id }) => seen.has(id));
  const recipientsSeen = new Set(rowsSeen.map(({ recipient }) => recipient));
  const strangers = seen.size - rowsSeen.length;
  return {
    duplicates: arrivals.length - seen.size + rowsSeen.length - recipientsSeen.size + strangers,
    unlistedLosses: rows.filter(({ id, state }) => isUnlisted(state, seen.has(id))).length,
    unknown: rows.filter(({ state }) => state === 'unknown').length,
  };
}

/** An unknown one may have arrived or not: that is what the list is for. Every other state is a statement. */
function isUnlisted(state: string, hasArrived: boolean): boolean {
  if (state === 'unknown') return false;
  return state !== 'accepted' || !hasArrived;
}
