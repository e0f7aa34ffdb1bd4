import type { Instant } from '../domain/instant.ts';
import type { DailyStart, DateStart, JourneyDefinition } from '../domain/journey.ts';
import { newestVersions } from '../domain/newest-versions.ts';
import { notOpenedSentence, type NotOpenedReason } from '../domain/routing-note.ts';
import type { Queryable } from '../store/database.ts';

export interface NotEnrolled {
  readonly journey: string;
  readonly event?: string;
  readonly at?: Instant;
  readonly because: NotOpenedReason | NeverStartedReason;
  readonly sentence: string;
}

/**
 * - `never-happened`: no event that starts it has come from this customer.
 * - `date-unknown`: it begins on a date of the customer's, and no event has told that date.
 * - `not-yet`: its date has not come, or its daily question has not found the customer; or it did and the rules of entry
 *   left the customer out.
 */
export type NeverStartedReason = 'never-happened' | 'date-unknown' | 'not-yet';

/** Why a customer is in no journey: events that opened none, and starts that have not come; none of those in `entered`. */
export async function loadNotEnrolled(
  { db, journeys }: { readonly db: Queryable; readonly journeys: readonly JourneyDefinition[] },
  customer: string,
  entered: ReadonlySet<string>,
): Promise<NotEnrolled[]> {
  const events = await db
    .selectFrom('events')
    .select(['type', 'occurred_at', 'routing'])
    .where('customer_id', '=', customer)
    .orderBy('occurred_at', 'desc')
    .limit(1000)
    .execute();
  const refused = events.flatMap((event) =>
    event.routing.flatMap((note) =>
      note.effect === 'not-opened'
        ? [
            {
              journey: note.journey,
              event: event.type,
              at: event.occurred_at,
              because: note.because,
              sentence: notOpenedSentence(note.because, note.saw),
            },
          ]
        : [],
    ),
  );
  const happened = new Set<string>(events.map((event) => event.type));
  const dates = await loadDates(db, customer);
  const neverStarted = newestVersions(journeys).flatMap(({ name, startsOn }) => {
    if (typeof startsOn === 'string') {
      return happened.has(startsOn) ? [] : [{ journey: name, ...neverHappened(startsOn) }];
    }
    return entered.has(name) ? [] : [{ journey: name, ...neverDue(startsOn, dates) }];
  });
  return [...refused, ...neverStarted];
}

async function loadDates(db: Queryable, customer: string): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('customer_dates')
    .select('name')
    .where('customer_id', '=', customer)
    .execute();
  return new Set(rows.map((row) => row.name));
}

type Cause = Pick<NotEnrolled, 'because' | 'sentence'>;

function neverHappened(event: string): Cause {
  return {
    because: 'never-happened',
    sentence: `it starts on ${event}, and no such event of this customer has arrived`,
  };
}

/** The day itself is not told: it is personal, and the page may be passed on. */
function neverDue(start: DateStart | DailyStart, dates: ReadonlySet<string>): Cause {
  if ('daily' in start) {
    return {
      because: 'not-yet',
      sentence: `it starts on a daily question (${start.daily} ${start.days} days) that has not brought this customer in`,
    };
  }
  const ahead = start.daysBefore ?? 0;
  const begins =
    ahead === 0
      ? `on the date ${start.date}`
      : `${ahead} ${ahead === 1 ? 'day' : 'days'} before the date ${start.date}`;
  return dates.has(start.date)
    ? { because: 'not-yet', sentence: `it begins ${begins}, which has not brought this customer in yet` }
    : { because: 'date-unknown', sentence: `it begins ${begins}, and none is known` };
}
