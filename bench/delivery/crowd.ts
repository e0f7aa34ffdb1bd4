import { sql } from 'kysely';
import { sendKeyOf, type CampaignSend, type JourneySend } from '../../domain/delivery.ts';
import { timestamp, type Database } from '../../store/database.ts';

export interface Crowd {
  /** Recipients of a running campaign that leaves buyers out; everybody is asked once. */
  takeCampaign(count: number): Promise<readonly CampaignSend[]>;
  /** The same in a journey. */
  takeJourney(count: number): Promise<readonly JourneySend[]>;
}

const step = 'bench-offer#1';
const terms = { step, message: 'bench-offer', input: { offer: 'Two for one' } };

/** People who may be reached by e-mail and have said so, in a zone of their own, made as they are needed. */
export async function createCrowd(db: Database, now: number): Promise<Crowd> {
  const at = timestamp(now);
  const { rows } = await sql<{ id: string }>`
    insert into campaign_occurrences
      (id, campaign, scheduled_at, launched_at, state, excludes_buyers_since, created_at)
    values (gen_random_uuid(), 'bench', ${at}, ${at}, 'running', ${at}, ${at})
    returning id
  `.execute(db);
  const occurrence = rows[0]?.id;
  // Outside a transaction: new statistics are worth more than the seconds that they take.
  const settle = () => sql`analyze`.execute(db);

  async function insertPeople(count: number): Promise<readonly string[]> {
    const made = await sql<{ id: string }>`
      with crowd as (
        insert into customers (id, external_id, given_name, locale, country, time_zone, time_zone_source, created_at)
        select gen_random_uuid(), gen_random_uuid()::text, 'Mina', (array['en', 'ko'])[1 + number % 2], 'GB',
          'Europe/London', 'stated', ${at}
        from generate_series(1, ${count}::integer) as number
        returning id
      ),
      contacts as (
        insert into contact_points (customer_id, kind, address, address_key, occurred_at)
        select id, 'email', id || '@example.com', id || '@example.com', ${at} from crowd
      ),
      consents as (
        insert into consents (id, customer_id, channel, purpose, state, basis, occurred_at, event_id)
        select gen_random_uuid(), id, 'email', 'marketing', 'granted', 'form', ${at}, 'bench' from crowd
      )
      select id from crowd
    `.execute(db);
    return made.rows.map(({ id }) => id);
  }

  return {
    async takeCampaign(count) {
      const people = await insertPeople(count);
      const recipients = await sql<{ id: string }>`
        insert into campaign_recipients (id, occurrence_id, customer_id, due_at)
        select gen_random_uuid(), ${occurrence}::uuid, id, ${at} from unnest(${people}::uuid[]) as id
        returning id
      `.execute(db);
      await settle();
      return recipients.rows.map(({ id: recipient }) => ({
        ...terms,
        sendKey: sendKeyOf(recipient, step),
        recipient,
        dueAt: now,
      }));
    },
    async takeJourney(count) {
      const people = await insertPeople(count);
      const enrolments = await sql<{ id: string }>`
        insert into enrolments (id, journey, version, key, entry, customer_id, opened_at, due_at, fact)
        select gen_random_uuid(), 'bench', 1, id::text, 1, id, ${at}, ${at}, '{}'
        from unnest(${people}::uuid[]) as id
        returning id
      `.execute(db);
      await settle();
      return enrolments.rows.map(({ id: enrolment }) => ({
        ...terms,
        sendKey: sendKeyOf(enrolment, step),
        enrolment,
        dueAt: now,
      }));
    },
  };
}
