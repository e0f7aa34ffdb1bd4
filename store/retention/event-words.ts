import { sql } from 'kysely';
import { olderThan, pruneBy, type PageWanted, type Prunable } from './prunable.ts';

// Each of these two conditions is that of an index; they have to be the same to the letter.
const ordinary = sql`e.envelope is not null and e.type <> 'consent.changed' and e.type <> 'message.replied'`;
const replies = sql`e.envelope is not null and e.type = 'message.replied'`;

/**
 * What the shop told with an event. The event stays: its id and fingerprint make repeats harmless for good, and its fact
 * and routing are what a running journey, a merge and `explain` go by; they hold nothing personal.
 */
export const eventWords: Prunable = {
  what: 'event-words',
  period: 'events',
  prunePage: (db, page) => pruneEvents(ordinary)(db, page),
};

/** What customers wrote to the shop. That they answered, and which message, stays. */
export const replyWords: Prunable = {
  what: 'reply-words',
  period: 'replies',
  prunePage: (db, page) => pruneEvents(replies)(db, page),
};

/** An event that a consent names is its proof, whatever its type is: a merge may bring a withdrawal. */
function pruneEvents(condition: typeof ordinary): Prunable['prunePage'] {
  return (db, page: PageWanted) =>
    pruneBy(
      db,
      {
        old: sql`
          select e.id, e.received_at as at, not exists (
            select from consents c where c.customer_id = e.customer_id and c.event_id = e.id
          ) as free
          from events e
          where ${condition} and ${olderThan({ at: 'e.received_at', id: 'e.id', idType: 'text' }, page)}
          order by e.received_at, e.id
          limit ${page.size}
        `,
        removal: sql`
          update events set envelope = null
          where id in (
            select id from events where id in (select id from free_rows) order by id for no key update skip locked
          )
          returning id
        `,
      },
      page.dryRun,
    );
}
