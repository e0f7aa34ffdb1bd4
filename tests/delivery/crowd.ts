import { sql } from 'kysely';
import { sendKeyOf, type CampaignSend } from '../../domain/delivery.ts';
import type { Instant } from '../../domain/instant.ts';
import { timestamp, type Database } from '../../store/database.ts';
import { newId } from '../../store/new-id.ts';

export interface CrowdOptions {
  readonly size: number;
  readonly at: Instant;
  readonly message: string;
  /** Where the people live, as they said. Default London. */
  readonly timeZone?: string;
  /** The beginning of their numbers, `+44` and eleven digits in all: six are counted. Default `+447700`. */
  readonly numbers?: string;
  /** Default `receipt#1`, after the message. */
  readonly step?: string;
}

/** Recipients of one campaign that is under way, with an address and a number of their own, in four statements. */
export async function inviteCrowd(db: Database, options: CrowdOptions): Promise<readonly CampaignSend[]> {
  const { size, at, message, timeZone = 'Europe/London', numbers = '+447700' } = options;
  const { step = `${message}#1` } = options;
  const occurrence = newId();
  const people = Array.from({ length: size }, (_, number) => ({
    customer: newId(),
    recipient: newId(),
    email: `${occurrence.slice(-12)}-${number}@example.com`,
    phone: `${numbers}${String(number).padStart(6, '0')}`,
  }));
  const crowd = sql`jsonb_to_recordset(${JSON.stringify(people)}::jsonb)
    as person (customer uuid, recipient uuid, email text, phone text)`;
  const then = sql`${timestamp(at)}::timestamptz`;
  await sql`
    insert into campaign_occurrences (id, campaign, scheduled_at, launched_at, state, created_at)
    values (${occurrence}, ${`campaign-${occurrence}`}, ${then}, ${then}, 'running', ${then})`.execute(db);
  await sql`
    insert into customers (id, kind, time_zone, time_zone_source, country, created_at)
    select customer, 'consumer', ${timeZone}, 'stated', 'GB', ${then} from ${crowd}`.execute(db);
  await sql`
    insert into contact_points (customer_id, kind, address, address_key, occurred_at)
    select customer, kind, address, lower(address), ${then}
    from ${crowd}, lateral (values ('email', email), ('phone', phone)) as point (kind, address)`.execute(db);
  await sql`
    insert into campaign_recipients (id, occurrence_id, customer_id, due_at)
    select recipient, ${occurrence}::uuid, customer, ${then} from ${crowd}`.execute(db);
  return people.map(({ recipient }) => ({
    sendKey: sendKeyOf(recipient, step),
    recipient,
    step,
    message,
    input: { say: 'Today only' },
    dueAt: at,
  }));
}
