import { sql } from 'kysely';
import { timestamp, type Database } from '../../store/database.ts';
import type { Instant } from '../../domain/instant.ts';
import { questionsAtOnce } from './ask-provider.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import { loadLedgerRows } from './load-ledger-rows.ts';
import { settle, type SettleTerms } from './settle.ts';
import { sideBySide } from './side-by-side.ts';

/**
 * How long an attempt whose lease is over is left to its run, in milliseconds: the run asks again by itself and goes on at
 * once. What is left has no run any more, or one that is late.
 */
const graceMs = 15_000;
const pageSize = 500;

interface Abandoned extends SettleTerms {
  readonly sendKey: string;
}

/**
 * Settles attempts that nobody has recorded an answer of, several at a time. Those that a stop cuts off stay as they are.
 *
 * @param after wall time; attempts whose lease was over by then have been seen to. Without it, all are looked at
 * @returns the same for the next time
 */
export async function settleAbandoned(
  db: Database,
  setting: LedgerSetting,
  after: Instant | undefined,
  signal: AbortSignal,
): Promise<Instant | undefined> {
  const upTo = setting.wall.now() - graceMs;
  for (;;) {
    const rows = await findAbandoned(db, { after, upTo });
    const found = await loadLedgerRows(
      db,
      rows.map(({ sendKey }) => sendKey),
    );
    let failed = 0;
    const settleOne = async (terms: Abandoned) => {
      const row = found.get(terms.sendKey);
      if (row?.state !== 'sending') return;
      // A provider that cannot be asked now is asked with the next pass, and nobody else waits for it.
      await settle(db, row, terms, setting).catch(() => {
        failed += 1;
      });
    };
    await sideBySide(rows, settleOne, { atOnce: questionsAtOnce, signal });
    if (failed > 0 || signal.aborted) return after;
    if (rows.length < pageSize) return upTo;
  }
}

async function findAbandoned(
  db: Database,
  { after, upTo }: { readonly after: Instant | undefined; readonly upTo: Instant },
): Promise<readonly Abandoned[]> {
  const from = after === undefined ? sql`` : sql`and a.lease_until > ${timestamp(after)}::timestamptz`;
  const { rows } = await sql<Abandoned>`
    select d.send_key as "sendKey", d.class, d.useful_until as "usefulUntil"
    from delivery_attempts a
    join deliveries d on d.id = a.delivery_id
    where a.lease_until <= ${timestamp(upTo)}::timestamptz ${from} and a.state = 'sending' and d.state = 'sending'
    limit ${pageSize}
  `.execute(db);
  return rows;
}
