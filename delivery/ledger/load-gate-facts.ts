import { sql } from 'kysely';
import type { AddressKind } from '../../domain/channel-name.ts';
import type { Instant } from '../../domain/instant.ts';
import { timestamp, type Queryable } from '../../store/database.ts';
import { mayHaveLeft } from '../../store/may-have-left.ts';
import type { ConsentFact, PastSend, SendFacts, SuppressionFact } from '../policy/send-facts.ts';
import type { Person } from './load-people.ts';

/** The newest order of those whom a campaign leaves out if they have bought, by customer. A cancelled one is none. */
export async function loadOrders(
  db: Queryable,
  people: readonly Person[],
): Promise<ReadonlyMap<string, Instant>> {
  const asked = people.flatMap((person) =>
    person.kind === 'campaign' && person.excludesBuyersSince !== null
      ? [{ customer: person.customer, since: person.excludesBuyersSince }]
      : [],
  );
  if (asked.length === 0) return new Map();
  const since = asked.reduce((earliest, each) => Math.min(earliest, each.since), Number.MAX_SAFE_INTEGER);
  const { rows } = await sql<{ customer: string; at: Instant }>`
    select customer_id as customer, max(placed_at) as at
    from orders
    where customer_id = any(${asked.map(({ customer }) => customer)}::uuid[])
      and placed_at >= ${timestamp(since)}::timestamptz
      and state not in ('cancelled', 'payment-expired')
    group by customer_id
  `.execute(db);
  return new Map(rows.map(({ customer, at }) => [customer, at]));
}

export interface Contact {
  readonly customer: string;
  readonly kind: AddressKind;
  readonly address: string;
  readonly addressKey: string;
  readonly valid: boolean;
}

export async function loadContacts(db: Queryable, customers: readonly string[]): Promise<readonly Contact[]> {
  const { rows } = await sql<Contact>`
    select customer_id as customer, kind, address, address_key as "addressKey", state = 'valid' as valid
    from contact_points
    where customer_id = any(${customers}::uuid[])
  `.execute(db);
  return rows;
}

export async function loadConsents(
  db: Queryable,
  customers: readonly string[],
): Promise<readonly (ConsentFact & { readonly customer: string })[]> {
  const { rows } = await sql<ConsentFact & { customer: string }>`
    select customer_id as customer, channel, topic, state, night, occurred_at as at
    from current_consents
    where customer_id = any(${customers}::uuid[]) and purpose = 'marketing'
  `.execute(db);
  return rows;
}

export async function loadSuppressions(
  db: Queryable,
  customers: readonly string[],
  keys: readonly string[],
): Promise<readonly SuppressionFact[]> {
  const { rows } = await sql<SuppressionFact>`
    select customer_id as customer, address_key as "addressKey", channel, scope, reason
    from suppressions
    where (customer_id = any(${customers}::uuid[]) or address_key = any(${keys}::text[])) and lifted_at is null
    order by at, id
  `.execute(db);
  return rows;
}

/** By customer. What was told ahead of its time does not count yet. */
export async function loadComplaints(
  db: Queryable,
  customers: readonly string[],
  now: Instant,
): Promise<ReadonlyMap<string, SendFacts['complaint']>> {
  const { rows } = await sql<{ customer: string; closedAt: Instant | null }>`
    select customer_id as customer,
      case when bool_and(coalesce(closed_at between opened_at and ${timestamp(now)}::timestamptz, false))
        then max(closed_at) end as "closedAt"
    from complaints
    where customer_id = any(${customers}::uuid[]) and opened_at <= ${timestamp(now)}::timestamptz
    group by customer_id
  `.execute(db);
  return new Map(rows.map(({ customer, closedAt }) => [customer, { closedAt }]));
}

/** A message is useful for a few weeks at most, so an older lapse concerns none any more. */
const lapseMs = 90 * 86_400_000;

/** One statement reads both, so a pause that is just ending is seen as a pause or as its lapse, never as neither. */
export async function loadPauses(db: Queryable, now: Instant): Promise<Pick<SendFacts, 'pauses' | 'lapses'>> {
  const { rows } = await sql<SendFacts['lapses'][number] & { resumedAt: Instant | null }>`
    select scope, name, paused_at as "pausedAt", null::timestamptz as "resumedAt" from pauses
    union all
    select scope, name, paused_at, resumed_at from lapses
    where resumed_at > ${timestamp(now - lapseMs)}::timestamptz
    order by 1, 2, 4
  `.execute(db);
  return {
    pauses: rows.flatMap(({ resumedAt, scope, name }) => (resumedAt === null ? [{ scope, name }] : [])),
    lapses: rows.flatMap((row) => (row.resumedAt === null ? [] : [{ ...row, resumedAt: row.resumedAt }])),
  };
}

/** A request whose outcome is unknown may have arrived, so it counts like an accepted one; also while evidence is waited for. */
export async function loadSends(
  db: Queryable,
  customers: readonly string[],
  keys: readonly string[],
  since: Instant,
): Promise<readonly PastSend[]> {
  const { rows } = await sql<PastSend>`
    with recent as (
      select d.id, d.customer_id, d.address_key, d.enrolment_id, d.recipient_id, d.channel, d.purpose, d.allowance,
        d.sending_at, d.state, d.is_test
      from deliveries d
      where d.customer_id = any(${customers}::uuid[]) and d.sending_at > ${timestamp(since)}::timestamptz
      union
      select d.id, d.customer_id, d.address_key, d.enrolment_id, d.recipient_id, d.channel, d.purpose, d.allowance,
        d.sending_at, d.state, d.is_test
      from deliveries d
      where d.address_key = any(${keys}::text[]) and d.sending_at > ${timestamp(since)}::timestamptz
    )
    select id as delivery, customer_id as customer, address_key as "addressKey",
      coalesce(enrolment_id, recipient_id) as origin, channel, purpose, allowance, sending_at as at
    from recent
    where ${mayHaveLeft('recent')} and not is_test
  `.execute(db);
  return rows;
}
