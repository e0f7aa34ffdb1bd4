import { sql, type RawBuilder } from 'kysely';
import type { ChannelName } from '../../domain/channel-name.ts';
import { originOf, type SendRequest } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import type { Queryable } from '../../store/database.ts';
import type { CampaignOrigin, JourneyOrigin } from '../policy/send-facts.ts';

/** A customer in a journey or a campaign. */
export type Person = Customer & (PersonInJourney | PersonInCampaign);

interface PersonInJourney {
  readonly kind: 'journey';
  /** The enrolment. */
  readonly origin: string;
  readonly name: string;
  readonly version: number;
  readonly state: JourneyOrigin['state'];
  readonly endedBy: string | null;
}

interface PersonInCampaign {
  readonly kind: 'campaign';
  /** The recipient. */
  readonly origin: string;
  readonly name: string;
  readonly version: null;
  readonly state: CampaignOrigin['state'];
  readonly launchedAt: Instant | null;
  readonly test: boolean;
  readonly holdout: boolean;
  readonly duplicate: boolean;
  readonly includesBusiness: boolean;
  readonly excludesBuyersSince: Instant | null;
}

export interface Customer {
  readonly customer: string;
  readonly customerState: 'active' | 'merged' | 'erased';
  readonly customerKind: 'consumer' | 'business';
  readonly isTest: boolean;
  readonly preferredChannel: ChannelName | null;
  readonly quietUntil: string | null;
  readonly timeZone: string | null;
  readonly timeZoneSource: 'stated' | 'country' | 'shop' | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly locale: string | null;
}

/** Whom each enrolment or recipient belongs to now, by its id. */
export async function loadOwners(
  db: Queryable,
  requests: readonly SendRequest[],
): Promise<ReadonlyMap<string, string>> {
  const people = await loadPeople(db, requests);
  return new Map(people.map((person) => [person.origin, person.customer]));
}

export async function loadPeople(
  db: Queryable,
  requests: readonly SendRequest[],
): Promise<readonly Person[]> {
  const inCampaigns = requests.filter((request) => 'recipient' in request).map(originOf);
  const inJourneys = requests.filter((request) => 'enrolment' in request).map(originOf);
  const [ofJourneys, ofCampaigns] = await Promise.all([
    inJourneys.length === 0 ? [] : loadPeopleInJourneys(db, inJourneys),
    inCampaigns.length === 0 ? [] : loadPeopleInCampaigns(db, inCampaigns),
  ]);
  return [...ofJourneys, ...ofCampaigns];
}

const customerColumns = sql`
  c.id as customer, c.state as "customerState", c.kind as "customerKind", c.is_test as "isTest",
  c.preferred_channel as "preferredChannel", c.quiet_until as "quietUntil",
  c.time_zone as "timeZone", c.time_zone_source as "timeZoneSource", c.country, c.region,
  c.given_name as "givenName", c.family_name as "familyName", c.locale
`;

/** The customer whom each row belongs to now: the person is resolved at send, whoever the customer has been merged into by then. */
function trailFrom(
  table: 'enrolments' | 'campaign_recipients',
  origins: readonly string[],
): RawBuilder<unknown> {
  return sql`
    trail as (
      select o.id as origin, c.id, c.merged_into
      from ${sql.ref(table)} o
      join customers c on c.id = o.customer_id
      where o.id = any(${origins}::uuid[])
      union
      select t.origin, c.id, c.merged_into
      from trail t
      join customers c on c.id = t.merged_into
    )`;
}

async function loadPeopleInJourneys(
  db: Queryable,
  enrolments: readonly string[],
): Promise<readonly (Customer & PersonInJourney)[]> {
  const { rows } = await sql<Customer & PersonInJourney>`
    with recursive ${trailFrom('enrolments', enrolments)}
    select
      'journey' as kind, e.id as origin, e.journey as name, e.version, e.state,
      coalesce(e.exit_reason, e.seal_reason) as "endedBy", ${customerColumns}
    from enrolments e
    join trail t on t.origin = e.id and t.merged_into is null
    join customers c on c.id = t.id
    where e.id = any(${enrolments}::uuid[])
  `.execute(db);
  return rows;
}

async function loadPeopleInCampaigns(
  db: Queryable,
  recipients: readonly string[],
): Promise<readonly (Customer & PersonInCampaign)[]> {
  const { rows } = await sql<Customer & PersonInCampaign>`
    with recursive ${trailFrom('campaign_recipients', recipients)}
    select
      'campaign' as kind, r.id as origin, o.campaign as name, null as version, o.state, o.launched_at as "launchedAt", o.is_test as test,
      r.holdout, r.duplicate_of is not null as duplicate, o.includes_business as "includesBusiness",
      o.excludes_buyers_since as "excludesBuyersSince", ${customerColumns}
    from campaign_recipients r
    join campaign_occurrences o on o.id = r.occurrence_id
    join trail t on t.origin = r.id and t.merged_into is null
    join customers c on c.id = t.id
    where r.id = any(${recipients}::uuid[])
  `.execute(db);
  return rows;
}
