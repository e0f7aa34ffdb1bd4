import { sql } from 'kysely';
import type { Instant } from '../domain/instant.ts';
import type { DatabaseTransaction } from './database.ts';
import { mayHaveLeft } from './may-have-left.ts';
import { isoOrNull } from './record-set.ts';

/** Two records of one person become one. Both are locked. */
export interface Merge {
  readonly from: string;
  readonly into: string;
  readonly at: Instant;
  /** The event that says so. */
  readonly event: string;
}

/**
 * Makes everything of `from` that of `into`: names, addresses, consents, carts, orders, events, enrolments, places in
 * campaigns, deliveries, and the customers that were merged into `from` before. Where both say something, `into` and then
 * the newer word counts; an opt-out of either wins over any grant.
 */
export async function mergeCustomers(trx: DatabaseTransaction, merge: Merge): Promise<void> {
  await keepOptOuts(trx, merge);
  await joinProfiles(trx, merge);
  await joinContactPoints(trx, merge);
  await joinDates(trx, merge);
  await joinEnrolments(trx, merge);
  await joinRecipients(trx, merge);
  await repoint(trx, merge);
  await retire(trx, merge);
}

/**
 * Where one has withdrawn and the other has granted, the person has withdrawn, whichever came last. Who withdrew everything
 * on a channel meant every topic of it: what the other had granted there, even a single topic, does not stand against that.
 */
async function keepOptOuts(trx: DatabaseTransaction, { from, into, at, event }: Merge): Promise<void> {
  await sql`
    with words as (
      select * from current_consents where customer_id in (${from}::uuid, ${into}::uuid)
    ), opt_outs as (
      select withdrawn.channel, withdrawn.purpose, withdrawn.topic,
        greatest(max(withdrawn.occurred_at), max(granted.occurred_at), ${isoOrNull(at)}::timestamptz) as occurred_at
      from words withdrawn
      join words granted on granted.customer_id <> withdrawn.customer_id
        and granted.channel = withdrawn.channel and granted.purpose = withdrawn.purpose
        and (withdrawn.topic = '' or granted.topic = withdrawn.topic)
      where withdrawn.state = 'withdrawn' and granted.state = 'granted'
      group by withdrawn.channel, withdrawn.purpose, withdrawn.topic
    )
    insert into consents (id, customer_id, channel, purpose, topic, state, basis, night, occurred_at, event_id)
    select gen_random_uuid(), ${into}::uuid, channel, purpose, topic, 'withdrawn', 'merge: the opt-out wins', false,
      occurred_at, ${event}
    from opt_outs
  `.execute(trx);
}

async function joinProfiles(trx: DatabaseTransaction, { from, into }: Merge): Promise<void> {
  await sql`
    update customers i set
      given_name = coalesce(i.given_name, f.given_name), family_name = coalesce(i.family_name, f.family_name),
      locale = coalesce(i.locale, f.locale), country = coalesce(i.country, f.country),
      region = coalesce(i.region, f.region), time_zone = coalesce(i.time_zone, f.time_zone),
      time_zone_source = coalesce(i.time_zone_source, f.time_zone_source),
      kind = case when 'business' in (i.kind, f.kind) then 'business' else i.kind end,
      is_test = i.is_test or f.is_test,
      preferred_channel = coalesce(i.preferred_channel, f.preferred_channel),
      quiet_until = greatest(i.quiet_until, f.quiet_until),
      field_instants = f.field_instants || i.field_instants
    from customers f
    where i.id = ${into}::uuid and f.id = ${from}::uuid
  `.execute(trx);
}

async function joinContactPoints(trx: DatabaseTransaction, { from, into }: Merge): Promise<void> {
  await sql`
    insert into contact_points (customer_id, kind, address, address_key, state, occurred_at)
    select ${into}::uuid, kind, address, address_key, state, occurred_at from contact_points where customer_id = ${from}::uuid
    on conflict (customer_id, kind) do update set
      address = excluded.address, address_key = excluded.address_key, state = excluded.state,
      occurred_at = excluded.occurred_at
    where excluded.occurred_at > contact_points.occurred_at
  `.execute(trx);
  await sql`delete from contact_points where customer_id = ${from}::uuid`.execute(trx);
}

async function joinDates(trx: DatabaseTransaction, { from, into }: Merge): Promise<void> {
  await sql`
    insert into customer_dates (customer_id, name, on_date, occurred_at)
    select ${into}::uuid, name, on_date, occurred_at from customer_dates where customer_id = ${from}::uuid
    on conflict (customer_id, name) do nothing
  `.execute(trx);
  await sql`delete from customer_dates where customer_id = ${from}::uuid`.execute(trx);
}

/** Journeys keyed by the person (and a day, say) go on under the new key, as later entries of it. */
async function joinEnrolments(trx: DatabaseTransaction, { from, into }: Merge): Promise<void> {
  await sql`
    update enrolments e set customer_id = ${into}::uuid, key = renumbered.key, entry = renumbered.entry
    from (
      select id, replace(key, ${from}, ${into}) as key,
        case when strpos(key, ${from}) > 0
          then row_number() over (partition by journey, key order by entry) + coalesce((
            select max(entry) from enrolments k
            where k.journey = mine.journey and k.key = replace(mine.key, ${from}, ${into})
          ), 0)
          else entry
        end as entry
      from enrolments mine
      where customer_id = ${from}::uuid
    ) renumbered
    where e.id = renumbered.id
  `.execute(trx);
}

/**
 * One person is a recipient of a campaign once. Where both are, the row that something may have left for stays the one
 * that counts, else that of `into`; the other is marked and sends nothing.
 */
async function joinRecipients(trx: DatabaseTransaction, { from, into }: Merge): Promise<void> {
  await sql`
    with pairs as (
      select gone.id as gone, stays.id as stays, (gone.duplicate_of is not null or exists (
        select from deliveries d where d.recipient_id = gone.id and ${mayHaveLeft('d')}
      )) and not exists (
        select from deliveries d where d.recipient_id = stays.id and ${mayHaveLeft('d')}
      ) as gone_counts
      from campaign_recipients gone
      join campaign_recipients stays on stays.occurrence_id = gone.occurrence_id
      where gone.customer_id = ${from}::uuid and stays.customer_id = ${into}::uuid
    )
    update campaign_recipients r
    set duplicate_of = case when r.id = pairs.gone then pairs.stays else pairs.gone end
    from pairs
    where r.id = case when pairs.gone_counts then pairs.stays else pairs.gone end
  `.execute(trx);
  await sql`
    update campaign_recipients r set customer_id = ${into}::uuid
    where r.customer_id = ${from}::uuid and not exists (
      select from campaign_recipients other
      where other.occurrence_id = r.occurrence_id and other.customer_id = ${into}::uuid
    )
  `.execute(trx);
}

async function repoint(trx: DatabaseTransaction, { from, into }: Merge): Promise<void> {
  for (const table of [
    'customer_identities',
    'consents',
    'suppressions',
    'carts',
    'orders',
    'reviews',
    'complaints',
    'events',
    'deliveries',
    'inbound',
  ]) {
    await sql`
      update ${sql.table(table)} set customer_id = ${into}::uuid where customer_id = ${from}::uuid
    `.execute(trx);
  }
}

async function retire(trx: DatabaseTransaction, { from, into }: Merge): Promise<void> {
  await sql`update customers set merged_into = ${into}::uuid where merged_into = ${from}::uuid`.execute(trx);
  await sql`
    update customers set
      state = 'merged', merged_into = ${into}::uuid, external_id = null, given_name = null, family_name = null,
      locale = null, country = null, region = null, time_zone = null, time_zone_source = null,
      preferred_channel = null, quiet_until = null, field_instants = '{}'
    where id = ${from}::uuid
  `.execute(trx);
}
