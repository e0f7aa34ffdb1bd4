import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Database, DatabaseTransaction } from '../store/database.ts';
import { addressKeyOf, lockCustomers } from '../store/customers.ts';
import { writeSuppressions } from '../store/suppress.ts';
import { findCustomer } from './find-customer.ts';

const scope = 'everything';

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
  const word = { channel: channel ?? null, scope, reason, at: now } as const;
  const isForAddress = isAddress(reference);
  await db.transaction().execute(async (trx) => {
    const who = isForAddress
      ? { customer: null, addressKey: addressKeyOf(reference) }
      : { customer: await lockedCustomer(trx, reference), addressKey: null };
    await writeSuppressions(trx, [{ ...word, ...who }]);
  });
  return { what: isForAddress ? 'the address' : 'the customer' };
}

function isAddress(reference: string): boolean {
  return reference.includes('@') || /^\+[1-9]\d{6,14}$/.test(reference);
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
