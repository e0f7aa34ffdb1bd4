import type { ChannelName } from '../domain/channel-name.ts';
import type { Instant } from '../domain/instant.ts';
import { email, phone } from '../domain/events/fields.ts';
import { PerennialError } from '../domain/perennial-error.ts';
import type { Database, DatabaseTransaction } from '../store/database.ts';
import { addressKeyOf, lockCustomers } from '../store/customers.ts';
import { findIdentities } from '../store/customer-identities.ts';
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
): Promise<{ readonly what: 'the customer' | 'the address' | 'the customer and the address' }> {
  const word = { channel: channel ?? null, scope, reason, at: now } as const;
  const isForAddress = isAddress(reference);
  return db.transaction().execute(async (trx) => {
    // A shop's customer id may look like an address and belong to somebody who is written to at another one.
    const isForCustomer = !isForAddress || (await isCustomerId(trx, reference));
    const words = [
      ...(isForCustomer
        ? [{ ...word, customer: await lockedCustomer(trx, reference), addressKey: null }]
        : []),
      ...(isForAddress ? [{ ...word, customer: null, addressKey: addressKeyOf(reference) }] : []),
    ];
    await writeSuppressions(trx, words);
    return {
      what: isForCustomer ? (isForAddress ? 'the customer and the address' : 'the customer') : 'the address',
    };
  });
}

function isAddress(reference: string): boolean {
  return email.safeParse(reference).success || phone.safeParse(reference).success;
}

async function isCustomerId(trx: DatabaseTransaction, reference: string): Promise<boolean> {
  const found = await findIdentities(trx, [
    { kind: 'external', value: reference },
    { kind: 'anonymous', value: reference },
  ]);
  return found.size > 0;
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
