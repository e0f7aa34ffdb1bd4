import { sql } from 'kysely';
import { arrivals, laterArrival, type Arrival } from '../domain/arrival.ts';
import type { Instant } from '../domain/instant.ts';
import type { Queryable } from './database.ts';
import { isoOrNull, recordSet } from './record-set.ts';

/** What a provider has told about a message that went out by one of its connections. Any such word proves that it took it. */
export interface ArrivalWord {
  readonly delivery: string;
  readonly connection: string;
  readonly providerId: string | null;
  /** Null for a word that proves nothing but the acceptance. */
  readonly arrival: Arrival | null;
  /** The vendor's code of a failure or a bounce. */
  readonly code: string | null;
  readonly deliveredAt: Instant | null;
  readonly readAt: Instant | null;
  readonly clickedAt: Instant | null;
  readonly bouncedAt: Instant | null;
}

/**
 * Writes down what became of messages. Safe to repeat, in any order: an arrival only rises (see `domain/arrival.ts`) and
 * of two instants the earlier one counts.
 *
 * It is also the late evidence of the sending guarantee (providers reference 4.3): a request whose answer is not known,
 * or not known yet, was accepted, so the row stops being `sending`, `unknown` or put off, and class `must` does not send
 * again. The answer itself then finds the attempt settled and changes nothing.
 */
export async function recordArrivals(
  db: Queryable,
  words: readonly ArrivalWord[],
  at: Instant,
): Promise<void> {
  for (const connection of new Set(words.map((word) => word.connection))) {
    await recordOf(db, joined(words.filter((word) => word.connection === connection)), at);
  }
}

// Both ask the row itself, so that they hold for what somebody else has written while this waited for it.
const upgraded = sql`(told.is_proof and d.state in ('sending', 'unknown', 'deferred'))`;
const rank = (arrival: string) =>
  sql`coalesce(array_position(${[...arrivals]}::text[], ${sql.ref(arrival)}), 0)`;
const rises = sql`(${rank('told.arrival')} > ${rank('d.arrival')})`;

async function recordOf(db: Queryable, words: readonly ArrivalWord[], at: Instant): Promise<void> {
  const rows = words.map((word) => ({
    delivery: word.delivery,
    connection: word.connection,
    provider_id: word.providerId,
    arrival: word.arrival,
    code: word.code,
    delivered_at: isoOrNull(word.deliveredAt),
    read_at: isoOrNull(word.readAt),
    clicked_at: isoOrNull(word.clickedAt),
    bounced_at: isoOrNull(word.bouncedAt),
  }));
  await sql`
    with word as (
      select * from ${recordSet(
        rows,
        'delivery uuid, connection text, provider_id text, arrival text, code text, delivered_at timestamptz, ' +
          'read_at timestamptz, clicked_at timestamptz, bounced_at timestamptz',
      )}
    ), proven as (
      update delivery_attempts a
      set state = 'accepted', settled_at = ${isoOrNull(at)}::timestamptz, provider_id = w.provider_id
      from word w
      where a.delivery_id = w.delivery
        and a.state in ('sending', 'ambiguous')
        and a.attempt = (
          -- A receipt names no request. The oldest that is open had the most time to be told of, and if it was the other
          -- one, that one's own answer still proves it.
          select min(open.attempt) from delivery_attempts open
          where open.delivery_id = w.delivery and open.connection = w.connection
            and open.state in ('sending', 'ambiguous')
        )
        -- What is told of a request whose acceptance is on record proves nothing about another one.
        and not exists (
          select from delivery_attempts known
          where known.delivery_id = w.delivery and known.connection = w.connection and known.state = 'accepted'
            and coalesce(known.provider_id = w.provider_id, true)
        )
      returning a.delivery_id, a.started_at
    ), told as (
      select w.*, proven.started_at, proven.delivery_id is not null as is_proof
      from word w left join proven on proven.delivery_id = w.delivery
    )
    update deliveries d
    set state = case when ${upgraded} then 'accepted' else d.state end,
      reason = case when ${upgraded} then null else d.reason end,
      deferred_until = case when ${upgraded} then null else d.deferred_until end,
      sending_at = case when ${upgraded} then coalesce(d.sending_at, told.started_at) else d.sending_at end,
      settled_at = case when ${upgraded} then ${isoOrNull(at)}::timestamptz else d.settled_at end,
      provider_id = case when ${upgraded} then told.provider_id else d.provider_id end,
      arrival = case when ${rises} then told.arrival else d.arrival end,
      arrival_code = case when ${rises} then told.code else d.arrival_code end,
      delivered_at = least(d.delivered_at, told.delivered_at),
      read_at = least(d.read_at, told.read_at),
      clicked_at = least(d.clicked_at, told.clicked_at),
      bounced_at = least(d.bounced_at, told.bounced_at)
    from told
    where d.id = told.delivery
  `.execute(db);
}

/** One word for each message, in one order: two at once must not wait for each other in a circle. */
function joined(words: readonly ArrivalWord[]): readonly ArrivalWord[] {
  const byDelivery = new Map<string, ArrivalWord>();
  for (const word of words) {
    const before = byDelivery.get(word.delivery);
    byDelivery.set(word.delivery, before === undefined ? word : join(before, word));
  }
  return [...byDelivery.values()].sort((one, other) => (one.delivery < other.delivery ? -1 : 1));
}

function join(one: ArrivalWord, other: ArrivalWord): ArrivalWord {
  const arrival = laterArrival(one.arrival, other.arrival);
  return {
    ...one,
    providerId: one.providerId ?? other.providerId,
    arrival,
    code: arrival === one.arrival ? one.code : other.code,
    deliveredAt: earlier(one.deliveredAt, other.deliveredAt),
    readAt: earlier(one.readAt, other.readAt),
    clickedAt: earlier(one.clickedAt, other.clickedAt),
    bouncedAt: earlier(one.bouncedAt, other.bouncedAt),
  };
}

function earlier(one: Instant | null, other: Instant | null): Instant | null {
  if (one === null || other === null) return one ?? other;
  return Math.min(one, other);
}
