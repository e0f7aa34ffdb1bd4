import type { SendOutcome } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { DeliveryClass } from '../../domain/message.ts';
import type { Database } from '../../store/database.ts';
import { ambiguous, type Acceptance } from '../channels/channel.ts';
import { askProvider, connectionOf, isUnreachable } from './ask-provider.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import { consequenceOf, type Consequence } from './consequence.ts';
import type { AttemptRow, LedgerRow } from './load-ledger-rows.ts';
import { recordAnswers } from './record-answers.ts';

/** `in-flight`: another process may still be talking to the provider; come back when its lease is over. */
export type Settlement = SendOutcome | 'again' | 'in-flight';

/** What the rules of the guarantee go by. */
export interface SettleTerms {
  readonly class: DeliveryClass;
  readonly usefulUntil: Instant;
}

/**
 * Settles a row that is found as `sending`: whoever made the request died before recording its answer, or is still
 * at it. Never makes a new request by itself. It asks the provider where that is possible; otherwise class `once` becomes
 * unknown, class `must` waits for evidence before it is tried again, and class `keyed` is tried again under its key.
 *
 * @throws whatever the adapter throws when the provider cannot be reached, for a quarter of an hour
 */
export async function settle(
  db: Database,
  row: LedgerRow,
  terms: SettleTerms,
  setting: LedgerSetting,
): Promise<Settlement> {
  const attempt = row.attempts.at(-1);
  if (attempt === undefined || row.channel === null) return { status: 'unknown' };
  if ((attempt.leaseUntil ?? 0) > setting.wall.now()) return 'in-flight';
  const acceptance =
    (await askWhileInReach(db, row, attempt, setting)) ?? ambiguous('the answer was lost with its worker');
  return recorded(db, row, attempt, { acceptance, terms }, setting);
}

/** How long a provider that cannot be reached is waited for after the lease, in milliseconds. */
const reachMs = 15 * 60_000;

/** After that its silence counts as "cannot tell": the row is listed with those whose outcome nobody knows, and asked about. */
async function askWhileInReach(
  db: Database,
  row: LedgerRow,
  attempt: AttemptRow,
  setting: LedgerSetting,
): Promise<Acceptance | undefined> {
  try {
    return await askProvider(db, row, attempt, setting);
  } catch (error) {
    const isInReach = setting.wall.now() - (attempt.leaseUntil ?? 0) < reachMs;
    if (isInReach || !isUnreachable(error)) throw error;
    return undefined;
  }
}

/**
 * Looks for the requests of a row that waits or is unknown, the latest first: nothing when there was none whose answer is
 * missing, or when the provider cannot tell. What it says is recorded only if it has the message. Each of them is looked
 * for: a message that went twice may have arrived with the first request and not with the second.
 *
 * @throws PerennialError `provider-unreachable` when it could not be asked; a failure of the database as it is
 */
export async function settleBySearch(
  db: Database,
  row: LedgerRow,
  terms: SettleTerms,
  setting: LedgerSetting,
): Promise<SendOutcome | 'again' | undefined> {
  for (const attempt of row.attempts.filter(({ state }) => state === 'ambiguous').toReversed()) {
    const acceptance = await askProvider(db, row, attempt, setting);
    if (acceptance?.kind === 'accepted') return recorded(db, row, attempt, { acceptance, terms }, setting);
  }
  return undefined;
}

async function recorded(
  db: Database,
  row: LedgerRow,
  attempt: AttemptRow,
  { acceptance, terms }: { readonly acceptance: Acceptance; readonly terms: SettleTerms },
  setting: LedgerSetting,
): Promise<SendOutcome | 'again'> {
  const now = setting.clock.now();
  const idempotencyMs = connectionOf(attempt, setting)?.idempotencyMs;
  const consequence: Consequence = consequenceOf(acceptance, {
    ...terms,
    now,
    delivery: row.id,
    channel: attempt.channel,
    startedAt: attempt.startedAt,
    ...(idempotencyMs === undefined ? {} : { idempotencyMs }),
    attemptsBefore: row.attempts.filter((each) => each.attempt < attempt.attempt),
  });
  const answer = { delivery: row.id, attempt: attempt.attempt, acceptance, consequence };
  const changed = await recordAnswers(db, [answer], now);
  return changed.has(row.id) ? consequence.outcome : 'again';
}
