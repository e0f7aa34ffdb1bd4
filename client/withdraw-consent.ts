import { sql } from 'kysely';
import type { ChannelName } from '../domain/channel-name.ts';
import { toIso, type Clock } from '../domain/instant.ts';
import type { Intake } from '../intake/create-intake.ts';
import type { Queryable } from '../store/database.ts';

/** Whom a link or a reply speaks for. */
export interface Withdrawal {
  /** Our id of the customer, at the time the message was sent; merges are followed. */
  readonly customer: string;
  readonly delivery: string;
  readonly channel: ChannelName;
  /** Where it was said: `unsubscribe link`, `one-click`. */
  readonly basis: string;
}

export interface WithdrawDeps {
  readonly db: Queryable;
  readonly accept: Intake['accept'];
  readonly clock: Clock;
}

/**
 * Withdraws marketing consent for one channel, through intake, so that the same lock that quiets an order quiets this.
 * When it returns, no message that has not passed its point of no return will leave on that channel.
 *
 * @returns false when there is nobody left to withdraw for: the customer was erased, which is as quiet as it gets
 */
export async function withdrawConsent(
  { db, accept, clock }: WithdrawDeps,
  withdrawal: Withdrawal,
): Promise<boolean> {
  const person = await findPerson(db, withdrawal.customer);
  if (person === undefined) return false;
  if (await isWithdrawn(db, person.id, withdrawal.channel)) return true;
  const now = clock.now();
  await accept([
    {
      id: `withdrawal-${withdrawal.delivery}-${withdrawal.channel}-${now}`,
      type: 'consent.changed',
      occurredAt: toIso(now),
      source: 'perennial',
      ...(person.kind === 'external' ? { customerId: person.value } : { anonymousId: person.value }),
      data: {
        channel: withdrawal.channel,
        purpose: 'marketing',
        state: 'withdrawn',
        basis: withdrawal.basis,
      },
    },
  ]);
  return true;
}

interface Person {
  readonly id: string;
  readonly kind: 'external' | 'anonymous';
  readonly value: string;
}

async function findPerson(db: Queryable, customer: string): Promise<Person | undefined> {
  const { rows } = await sql<Person>`
    with recursive line as (
      select id, merged_into from customers where id = ${customer}::uuid
      union all
      select customers.id, customers.merged_into from customers join line on customers.id = line.merged_into
    )
    select line.id, identities.kind, identities.value
    from line
    join customer_identities as identities on identities.customer_id = line.id
    where line.merged_into is null
    order by identities.kind = 'external' desc, identities.value
    limit 1
  `.execute(db);
  return rows[0];
}

/** Said before, and nothing else since: a mail client may press the button twice. */
async function isWithdrawn(db: Queryable, customer: string, channel: ChannelName): Promise<boolean> {
  const states = await db
    .selectFrom('current_consents')
    .select('state')
    .where('customer_id', '=', customer)
    .where('channel', '=', channel)
    .where('purpose', '=', 'marketing')
    .execute();
  return states.length > 0 && states.every(({ state }) => state === 'withdrawn');
}
