import { sql } from 'kysely';
import { isPerennialError, PerennialError } from '../../domain/perennial-error.ts';
import type { Queryable } from '../../store/database.ts';
import type { Acceptance, Channel, EarlierRequest } from '../channels/channel.ts';
import type { LedgerSetting } from './ledger-setting.ts';
import type { AttemptRow, LedgerRow } from './load-ledger-rows.ts';
import { QuestionGivenUp } from './stoppable-questions.ts';

/** Questions under way at the same time: enough that a slow provider does not hold up the others, few enough for its limits. */
export const questionsAtOnce = 5;

/**
 * What the provider of an attempt says about it. `undefined` when it cannot tell, which is no proof of anything.
 *
 * @throws PerennialError `provider-unreachable`, worth trying again, when it could not be asked; a failure of the database
 * as it is
 */
export async function askProvider(
  db: Queryable,
  row: Pick<LedgerRow, 'id' | 'addressKey'>,
  attempt: AttemptRow,
  setting: Pick<LedgerSetting, 'channelOf'>,
): Promise<Acceptance | undefined> {
  const channel = connectionOf(attempt, setting);
  if (channel?.lookUp === undefined) return undefined;
  const address = await addressOf(db, row.addressKey);
  const words = await wordsOf(db, row, attempt);
  try {
    return await channel.lookUp({
      sendId: row.id,
      requestedAt: attempt.startedAt,
      ...(address === undefined ? {} : { address }),
      ...words,
    });
  } catch (cause) {
    if (isPerennialError(cause) || cause instanceof QuestionGivenUp) throw cause;
    throw new PerennialError(
      'provider-unreachable',
      `${channel.connection} could not be asked about an earlier request. Ask again later.`,
      { cause, retryable: true },
    );
  }
}

/** The provider could not be asked, as against a ledger that could not be read or a question that was given up. */
export function isUnreachable(error: unknown): boolean {
  return isPerennialError(error) && error.code === 'provider-unreachable';
}

/** The connection by which an attempt went, if the shop still has it. */
export function connectionOf(
  { channel: medium, connection }: Pick<AttemptRow, 'channel' | 'connection'>,
  { channelOf }: Pick<LedgerSetting, 'channelOf'>,
): Channel | undefined {
  const channel = channelOf(medium);
  return channel?.connection === connection ? channel : undefined;
}

/**
 * What lets a provider find a message by its words. Withheld while another request with the same words to the same
 * address is open too: a message that is found could then be the answer to either.
 */
async function wordsOf(
  db: Queryable,
  { id, addressKey }: Pick<LedgerRow, 'id' | 'addressKey'>,
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

/** The ledger keeps the key of an address, which is in lower case; as it is written, it is with those who can be reached by it. */
async function addressOf(db: Queryable, addressKey: string | null): Promise<string | undefined> {
  if (addressKey === null) return undefined;
  const { rows } = await sql<{ address: string }>`
    select address from contact_points where address_key = ${addressKey} limit 1
  `.execute(db);
  return rows[0]?.address;
}
