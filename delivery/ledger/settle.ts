import { sql } from 'kysely';
import type { SendOutcome } from '../../domain/delivery.ts';
import type { Database, Queryable } from '../../store/database.ts';
import { ambiguous, type Acceptance, type EarlierRequest } from '../channels/channel.ts';
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
    (await lookUp(db, row, attempt, setting)) ?? ambiguous('the answer was lost with its worker');
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
  db: Queryable,
  row: LedgerRow,
  attempt: AttemptRow,
  setting: LedgerSetting,
): Promise<Acceptance | undefined> {
  const channel = setting.channelOf(attempt.channel);
  const canTell = channel !== undefined && channel.connection === attempt.connection;
  if (!canTell || channel.lookUp === undefined) return undefined;
  const address = await addressOf(db, row.addressKey);
  return channel.lookUp({
    sendId: row.id,
    requestedAt: row.sendingAt ?? setting.clock.now(),
    ...(address === undefined ? {} : { address }),
    ...(await wordsOf(db, row, attempt)),
  });
}

/**
 * What lets a provider find a message by its words. Withheld while another request with the same words to the same
 * address is open too: a message that is found could then be the answer to either.
 */
async function wordsOf(
  db: Queryable,
  { id, addressKey }: LedgerRow,
  { fingerprint }: AttemptRow,
): Promise<Pick<EarlierRequest, 'fingerprint' | 'isClaimed'>> {
  if (fingerprint === null || addressKey === null) return {};
  const { rows: rivals } = await sql`
    select from deliveries d
    join delivery_attempts a on a.delivery_id = d.id
    where d.address_key = ${addressKey} and d.id <> ${id}::uuid
      and a.fingerprint = ${fingerprint} and a.state in ('sending', 'ambiguous')
    limit 1
  `.execute(db);
  if (rivals.length > 0) return {};
  return { fingerprint, isClaimed: (providerIds) => claimedAmong(db, id, addressKey, providerIds) };
}

async function claimedAmong(
  db: Queryable,
  delivery: string,
  addressKey: string,
  providerIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ providerId: string }>`
    select provider_id as "providerId" from deliveries
    where address_key = ${addressKey} and provider_id = any(${providerIds}::text[]) and id <> ${delivery}::uuid
  `.execute(db);
  return new Set(rows.map(({ providerId }) => providerId));
}

/** The ledger keeps a key of the address only; the address is still there as long as somebody can be reached by it. */
async function addressOf(db: Queryable, addressKey: string | null): Promise<string | undefined> {
  if (addressKey === null) return undefined;
  const { rows } = await sql<{ address: string }>`
    select address from contact_points where address_key = ${addressKey} limit 1
  `.execute(db);
  return rows[0]?.address;
}
