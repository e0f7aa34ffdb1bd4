import { sql } from 'kysely';
import type { Instant } from '../../domain/instant.ts';
import { timestamp, type Database } from '../../store/database.ts';
import { places } from './places.ts';

/** Longer ago than any window that a gate looks at. */
const sinceMs = 60 * 86_400_000;

/** What the campaign's audience reads. The others are there for journeys. */
export const languagesOfAudience = ['en', 'ko'] as const;
const languageOfShoppers = 'de';

/**
 * Leaves nothing in the shop but customers in forty zones, who may be reached by e-mail and have said so. Nobody has been
 * written to before, so every cap has room.
 *
 * @param recipients in the audience of the campaign
 * @param shoppers outside of it: whoever got the campaign could not get a reminder on the same day
 */
export async function refillCrowd(
  db: Database,
  { recipients, shoppers = 0, now }: { recipients: number; shoppers?: number; now: Instant },
): Promise<void> {
  await sql`
    truncate customers, customer_identities, contact_points, consents, campaign_occurrences, campaign_recipients,
      deliveries, delivery_attempts, enrolments, carts, events, outbox cascade
  `.execute(db);
  const at = timestamp(now - sinceMs);
  await sql`
    with place as (
      select * from jsonb_to_recordset(${JSON.stringify(places.map(placeRecord))}::jsonb)
        as place (number integer, zone text, country text, locale text)
    ), crowd as (
      insert into customers
        (id, external_id, given_name, family_name, locale, country, time_zone, time_zone_source, created_at)
      select gen_random_uuid(), 'bench-' || each, 'Mina', 'Kim',
        case when each > ${recipients}::integer then ${languageOfShoppers} else locale end, country, zone, 'stated', ${at}
      from generate_series(1, ${recipients + shoppers}::integer) as each
      join place on place.number = each % ${places.length}::integer
      returning id, external_id
    ), identities as (
      insert into customer_identities (kind, value, customer_id) select 'external', external_id, id from crowd
    ), contacts as (
      insert into contact_points (customer_id, kind, address, address_key, occurred_at)
      select id, 'email', id || '@example.com', id || '@example.com', ${at} from crowd
    )
    insert into consents (id, customer_id, channel, purpose, state, basis, occurred_at, event_id)
    select gen_random_uuid(), id, 'email', 'marketing', 'granted', 'form', ${at}, 'bench' from crowd
  `.execute(db);
  await sql`analyze customers, customer_identities, contact_points, consents`.execute(db);
}

function placeRecord([zone, country, locale]: (typeof places)[number], number: number) {
  return { number, zone, country, locale };
}

/** Under which name the shop knows those who are not in the audience. */
export async function readShoppers(db: Database): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select external_id as name from customers where locale = ${languageOfShoppers} order by id
  `.execute(db);
  return rows.map(({ name }) => name);
}
