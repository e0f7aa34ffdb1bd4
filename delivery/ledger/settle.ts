import type { SendOutcome } from '../../domain/delivery.ts';
import type { Database } from '../../store/database.ts';
import { ambiguous, type Acceptance } from '../channels/channel.ts';
import { usefulUntil, type Candidate, type LedgerSetting } from './candidate.ts';
import { consequenceOf } from './consequence.ts';
import type { AttemptRow, LedgerRow } from './load-ledger-rows.ts';
import { recordAnswers } from './record-answers.ts';

/** `in-flight`: another process may still be talking to the provider; come back when its lease is over. */
export type Settlement = SendOutcome | 'again' | 'in-flight';

/**
 * Settles a row that a retry finds as `sending`: whoever made the request died before recording its answer, or is still
 * at it. Never makes a new request by itself. It asks the provider where that is possible; otherwise class `once` becomes
 * unknown and class `must` waits for evidence before it is tried again.
 */
export async function settle(
  db: Database,
  candidate: Candidate,
  row: LedgerRow,
  setting: LedgerSetting,
): Promise<Settlement> {
  const attempt = row.attempts.at(-1);
  if (attempt === undefined || row.channel === null) return { status: 'unknown' };
  if ((attempt.leaseUntil ?? 0) > setting.wall.now()) return 'in-flight';
  const now = setting.clock.now();
  const acceptance =
    (await lookUp(row, attempt, setting)) ?? ambiguous('the answer was lost with its worker');
  const consequence = consequenceOf(acceptance, {
    now,
    usefulUntil: usefulUntil(candidate),
    class: candidate.terms.class,
    delivery: row.id,
    channel: attempt.channel,
    attemptsBefore: row.attempts.slice(0, -1),
  });
  const answer = { delivery: row.id, attempt: attempt.attempt, acceptance, consequence };
  const changed = await recordAnswers(db, [answer], now);
  return changed.has(row.id) ? consequence.outcome : 'again';
}

async function lookUp(
  row: LedgerRow,
  attempt: AttemptRow,
  setting: LedgerSetting,
): Promise<Acceptance | undefined> {
  const channel = setting.channelOf(attempt.channel);
  const canTell = channel !== undefined && channel.connection === attempt.connection;
  return canTell ? channel.lookUp?.(row.id) : undefined;
}
