import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import { timestamp, type Database, type Queryable } from './database.ts';
import { writeSuppressions } from './suppress.ts';

/** Whom not to write to: a person, or an address whoever has it. */
export type Suppressed = { readonly customer: string } | { readonly addressKey: string };

export interface NewSuppression {
  readonly who: Suppressed;
  /** Absent for all channels. */
  readonly channel?: ChannelName;
  /** `marketing` still lets receipts through. */
  readonly scope: 'marketing' | 'everything';
  readonly reason: string;
  readonly at: Instant;
}

export interface Suppression {
  readonly id: string;
  readonly customer: string | null;
  readonly addressKey: string | null;
  readonly channel: ChannelName | null;
  readonly scope: 'marketing' | 'everything';
  readonly reason: string;
  readonly at: Instant;
}

/**
 * Suppresses a person or an address. It takes the locks that the point of no return takes, so a message either had
 * passed before this commits or does not leave at all.
 */
export async function suppress(db: Database, suppression: NewSuppression): Promise<void> {
  const { who, channel = null, ...word } = suppression;
  const customer = 'customer' in who ? who.customer : null;
  const addressKey = 'addressKey' in who ? who.addressKey : null;
  await db.transaction().execute(async (trx) => {
    await sql`select id from customers where id = ${customer}::uuid for no key update`.execute(trx);
    await writeSuppressions(trx, [{ ...word, channel, customer, addressKey }]);
  });
}

/** Lifts every suppression of a person or an address; it stays on record. Returns how many there were. */
export async function liftSuppressions(db: Queryable, who: Suppressed, at: Instant): Promise<number> {
  const { numAffectedRows } = await sql`
    update suppressions set lifted_at = ${timestamp(at)}::timestamptz
    where lifted_at is null and ${meant(who)}
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** Those that are in force, newest first; of one person or address, or all. */
export async function listSuppressions(db: Queryable, who?: Suppressed): Promise<readonly Suppression[]> {
  const { rows } = await sql<Suppression>`
    select id, customer_id as customer, address_key as "addressKey", channel, scope, reason, at
    from suppressions
    where lifted_at is null and ${who === undefined ? sql`true` : meant(who)}
    order by at desc, id
  `.execute(db);
  return rows;
}

function meant(who: Suppressed) {
  return 'customer' in who ? sql`customer_id = ${who.customer}::uuid` : sql`address_key = ${who.addressKey}`;
}
