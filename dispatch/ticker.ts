import { sql } from 'kysely';
import { Temporal as TC39 } from 'temporal-polyfill';
import { localInstant } from '../domain/calendar/local-instant.ts';
import type { Fact } from '../domain/facts.ts';
import { toIso, type Clock, type Instant } from '../domain/instant.ts';
import type { DailyStart, DateStart, JourneyDefinition, JourneyStart } from '../domain/journey.ts';
import { newestVersions } from '../domain/newest-versions.ts';
import type { RoutingNote } from '../domain/routing-note.ts';
import { timestamp, type Database, type DatabaseTransaction } from '../store/database.ts';
import { findByDate, findByDailyQuestion, type Found } from './found-customers.ts';

/** Somebody whom the clock brings to a journey. */
export interface Entrant {
  readonly journey: string;
  readonly customer: string;
  readonly fact: Fact;
}

export interface TickerDependencies {
  readonly db: Database;
  readonly journeys: readonly JourneyDefinition[];
  readonly clock: Clock;
  /** For customers whose own zone is not known, and for daily questions. */
  readonly home: { readonly timeZone: string };
  readonly intake: {
    /** Opens enrolments by the rules of re-entry; what intake does with an event, without the event. */
    openEnrolments(entrants: readonly Entrant[]): Promise<readonly RoutingNote[]>;
  };
  readonly log?: TickerLog;
}

export interface TickerLog {
  warn(details: object, message: string): void;
  /** What a day's question found, and how many of those were not let in, by reason. */
  info(details: object, message: string): void;
}

export interface Ticker {
  /** Asks what has become due in the last day and was not asked yet. @returns how many enrolments it tried to open. */
  tick(): Promise<number>;
  /** The first instant after `after` at which something becomes due. */
  next(after: Instant): Instant | undefined;
  /** Ticks every half minute until it is stopped. */
  start(): void;
  stop(): Promise<void>;
}

const dayMs = 24 * 3_600_000;
const everyMs = 30_000;
const atOnce = 500;
/** Midnight comes to Kiribati first, fourteen hours before it comes to Greenwich. */
const firstMidnight = -14 * 3_600_000;

/**
 * Begins the journeys that start on a date of the customer's or on a question asked once a day. It lives in the database
 * and not in the engine's schedules, so that it can be simulated and so that a million customers cost one query a day.
 *
 * Each journey and day is asked once for good, by however many processes, and also when a process was down at the time:
 * a day that is more than 24 hours late is left out, like any event that is too old.
 */
export function createTicker(dependencies: TickerDependencies): Ticker {
  const { db, clock, home, intake, log } = dependencies;
  const timed = newestVersions(dependencies.journeys).flatMap((journey) =>
    isTimed(journey.startsOn) ? [{ journey, start: journey.startsOn }] : [],
  );

  /** When a day's question is asked. Dates are looked up before the day begins anywhere; the runs wait for their hour. */
  function instantOf(start: DateStart | DailyStart, day: TC39.PlainDate): Instant {
    return 'daily' in start
      ? localInstant(day.toString(), start.at, home.timeZone)
      : localInstant(day.toString(), '00:00', 'UTC') + firstMidnight;
  }

  function next(after: Instant): Instant | undefined {
    const instants = timed.flatMap(({ start }) => daysAround(after).map((day) => instantOf(start, day)));
    const later = instants.filter((instant) => instant > after);
    return later.length === 0 ? undefined : Math.min(...later);
  }

  async function tick(): Promise<number> {
    const now = clock.now();
    let opened = 0;
    for (const { journey, start } of timed) {
      for (const day of daysAround(now)) {
        const at = instantOf(start, day);
        if (at <= now && at > now - dayMs) opened += await askOnce(journey, start, day, at);
      }
    }
    return opened;
  }

  async function askOnce(
    journey: JourneyDefinition,
    start: DateStart | DailyStart,
    day: TC39.PlainDate,
    at: Instant,
  ): Promise<number> {
    return db.transaction().execute(async (trx) => {
      const isFirst = await trx
        .insertInto('ticks')
        .values({ journey: journey.name, day: day.toString(), ticked_at: timestamp(clock.now()) })
        .onConflict((conflict) => conflict.doNothing())
        .returning('journey')
        .executeTakeFirst();
      if (isFirst === undefined) return 0;
      // Opened in transactions of their own, before this one commits: a crash in between asks again, and whoever has
      // entered is then refused by the rules of re-entry.
      const entrants = await find(trx, journey.name, start, day, at);
      const refused: Record<string, number> = {};
      for (let first = 0; first < entrants.length; first += atOnce) {
        const notes = await intake.openEnrolments(entrants.slice(first, first + atOnce));
        for (const note of notes) {
          if (note.effect === 'not-opened') refused[note.because] = (refused[note.because] ?? 0) + 1;
        }
        // This transaction has nothing to do meanwhile, and PostgreSQL ends one that is idle for long.
        await sql`select 1`.execute(trx);
      }
      if (entrants.length > 0) {
        const found = entrants.length;
        log?.info({ journey: journey.name, day: day.toString(), found, refused }, 'a day was asked for');
      }
      return entrants.length;
    });
  }

  async function find(
    trx: DatabaseTransaction,
    journey: string,
    start: DateStart | DailyStart,
    day: TC39.PlainDate,
    at: Instant,
  ): Promise<Entrant[]> {
    if ('daily' in start) {
      const found = await findByDailyQuestion(trx, { journey, question: start, at });
      return found.map(({ customer }) => ({
        journey,
        customer,
        fact: { customer, day: day.toString(), at },
      }));
    }
    const occasion = day.add({ days: start.daysBefore ?? 0 });
    const found = await findByDate(trx, { name: start.date, days: daysMeant(occasion) });
    return found.map(({ customer, timeZone }: Found) => {
      const due = localInstant(day.toString(), start.at, timeZone ?? home.timeZone);
      return { journey, customer, fact: { customer, date: start.date, year: occasion.year, at: due } };
    });
  }

  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  function tickSoon(): void {
    running = running
      .then(async () => void (await tick()))
      .catch((error: unknown) =>
        log?.warn({ err: error }, 'the daily questions could not be asked; they are asked again'),
      );
  }

  return {
    tick,
    next,
    start() {
      tickSoon();
      timer ??= setInterval(tickSoon, everyMs);
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await running;
    },
  };
}

function isTimed(start: JourneyStart): start is DateStart | DailyStart {
  return typeof start === 'object';
}

/** Every day that it is somewhere on earth, and its neighbours. */
function daysAround(instant: Instant): TC39.PlainDate[] {
  const today = TC39.PlainDate.from(toIso(instant).slice(0, 10));
  return [-2, -1, 0, 1, 2].map((days) => today.add({ days }));
}

/** Month and day as `MM-DD`. Who was born on 29 February is greeted on the 28th in other years. */
function daysMeant(day: TC39.PlainDate): string[] {
  const monthAndDay = day.toString().slice(5);
  return monthAndDay === '02-28' && !day.inLeapYear ? [monthAndDay, '02-29'] : [monthAndDay];
}
