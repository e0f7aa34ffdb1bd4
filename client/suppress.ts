import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Database, DatabaseTransaction } from '../store/database.ts';
import { addressKeyOf, lockCustomers } from '../store/customers.ts';
import { writeSuppressions } from '../store/suppress.ts';
import { findCustomer } from './find-customer.ts';

export interface Suppression {
  /** Only this channel; without it, every one. */
  readonly channel?: ChannelName;
  /** Why, for those who come after. */
  readonly reason: string;
  readonly now: Instant;
}

/**
 * Never writes to a person or an address again, whatever the consent. An e-mail address or telephone number is suppressed
 * for whoever has it, now or later; anything else names a customer. Holds the customers' lock, so no delivery slips past.
 *
 * @throws PerennialError `customer-unknown`
 */
export async function suppress(
  db: Database,
  reference: string,
  { channel, reason, now }: Suppression,
): Promise<{ readonly what: 'the customer' | 'the address' }> {
  const word = { channel: channel ?? null, scope: 'everything' as const, reason, at: now };
  if (isAddress(reference)) {
    const addressKey = addressKeyOf(reference);
    await db.transaction().execute(async (trx) => {
      await lockCustomers(trx, await customersAt(trx, addressKey));
      await writeSuppressions(trx, [{ ...word, customer: null, addressKey }]);
    });
    return { what: 'the address' };
  }
  await db.transaction().execute(async (trx) => {
    const customer = await lockedCustomer(trx, reference);
    await writeSuppressions(trx, [{ ...word, customer, addressKey: null }]);
  });
  return { what: 'the customer' };
}

function isAddress(reference: string): boolean {
  return reference.includes('@') || /^\+[1-9]\d{6,14}$/.test(reference);
}

async function customersAt(trx: DatabaseTransaction, addressKey: string): Promise<string[]> {
  const { rows } = await sql<{ customer_id: string }>`
    select customer_id from contact_points where address_key = ${addressKey}
  `.execute(trx);
  return rows.map((row) => row.customer_id);
}

/** Who it is may change while we wait for the lock: looked up again behind it. */
async function lockedCustomer(trx: DatabaseTransaction, reference: string): Promise<string> {
  const before = await findCustomer(trx, reference);
  if (before !== undefined) await lockCustomers(trx, [before]);
  const customer = await findCustomer(trx, reference);
  if (customer !== undefined) return customer;
  throw new PerennialError(
    'customer-unknown',
    `Nobody is known as "${reference}". Give the shop's customer id, an e-mail address or a telephone number.`,
  );
}
